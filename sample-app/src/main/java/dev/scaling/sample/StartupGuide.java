package dev.scaling.sample;

import java.util.stream.Collectors;

import dev.scaling.test.PostgresCluster;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Says where the database nodes are and what to try.
 */
@Component
class StartupGuide {

	private static final Log logger = LogFactory.getLog(StartupGuide.class);

	private final ObjectProvider<PostgresCluster> cluster;

	private final Environment environment;

	StartupGuide(ObjectProvider<PostgresCluster> cluster, Environment environment) {
		this.cluster = cluster;
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void print() {
		String url = "http://localhost:" + this.environment.getProperty("local.server.port");
		this.cluster.ifAvailable((cluster) -> logger.info("Embedded PostgreSQL\n\n" + nodes(cluster)));
		logger.info("Try\n\n" + calls(url));
		this.cluster.ifAvailable((cluster) -> logger.info("Break it\n\n" + faults(url)));
	}

	private String nodes(PostgresCluster cluster) {
		return cluster.nodes()
			.stream()
			.map((node) -> "%s %s:%d (user %s, no password, loopback only)%n".formatted(node.id(), node.host(),
					node.port(), node.username()))
			.collect(Collectors.joining());
	}

	private String calls(String url) {
		return """
				curl -i -b jar -c jar %1$s/profiles/1
				curl -i -b jar -c jar -X PUT %1$s/profiles/1/email -H 'Content-Type: application/json' -d '{"email": "ada@example.com"}'
				curl -i -b jar -c jar %1$s/transfers -H 'Content-Type: application/json' -d '{"from": 1, "to": 2, "amount": 10.00}'
				"""
			.formatted(url);
	}

	private String faults(String url) {
		return """
				curl -X POST %1$s/faults/lag
				curl -X POST %1$s/faults/failover
				curl -X POST %1$s/faults/repair
				""".formatted(url);
	}

}
