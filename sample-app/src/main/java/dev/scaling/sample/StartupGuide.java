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
		boolean shards = this.environment.matchesProfiles("shards");
		this.cluster.ifAvailable((cluster) -> logger.info("Embedded PostgreSQL\n\n" + nodes(cluster)));
		logger.info("Watch\n\n" + url + "/actuator/scaling in a browser\n");
		logger.info("Try\n\n" + (shards ? shardCalls(url) : calls(url)));
		this.cluster.ifAvailable((cluster) -> logger.info("Break it\n\n" + (shards ? shardFaults(url) : faults(url))));
	}

	private String nodes(PostgresCluster cluster) {
		return cluster.clusters()
			.values()
			.stream()
			.flatMap((each) -> each.nodes().stream())
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

	private String shardCalls(String url) {
		return """
				curl -i -b jar -c jar %1$s/users -H 'Content-Type: application/json' -d '{"id": 42, "username": "ada", "email": "ada@example.com"}'
				curl -i -b jar -c jar %1$s/users/42
				curl %1$s/actuator/scalingkeys/users/42
				curl -i -b jar -c jar %1$s/tenants/acme/orders -H 'Content-Type: application/json' -d '{"total": 99.90}'
				curl -i -b jar -c jar %1$s/tenants/globex/orders -H 'Content-Type: application/json' -d '{"total": 250.00}'
				curl -i -b jar -c jar %1$s/tenants/acme/orders
				curl -i -b jar -c jar '%1$s/orders/top?limit=20'
				curl -i -b jar -c jar %1$s/orders/count
				curl -i -b jar -c jar %1$s/events -H 'Content-Type: application/json' -d '{"date": "2025-07-01", "text": "Sale"}'
				curl -i -b jar -c jar '%1$s/events?date=2025-07-01'
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

	private String shardFaults(String url) {
		return """
				curl -X POST '%1$s/faults/lag?cluster=shard-2'
				curl -X POST '%1$s/faults/failover?cluster=shard-2'
				curl -X POST %1$s/faults/repair
				""".formatted(url);
	}

}
