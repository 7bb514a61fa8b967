package dev.scaling.starter.consistency.carrier;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.awaitility.Awaitility.await;

/**
 * One of several instances of a web application on one cluster.
 */
final class WebInstance implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private WebInstance(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts an instance, and waits until it uses all nodes.
	 */
	static WebInstance start(PostgresCluster cluster, String... properties) {
		List<String> arguments = new ArrayList<>();
		arguments.add("--server.port=0");
		arguments.add("--scaling.routing.response-header=true");
		arguments.add("--logging.level.org.apache.catalina.core=OFF");
		arguments.add("--scaling.primary.url=" + cluster.node("primary").jdbcUrl());
		arguments.add("--scaling.primary.username=" + cluster.node("primary").username());
		for (PostgresNode node : cluster.nodes()) {
			if (!node.id().equals("primary")) {
				arguments.add("--scaling.replicas." + node.id() + ".url=" + node.jdbcUrl());
			}
		}
		for (String property : properties) {
			arguments.add("--" + property);
		}
		WebInstance instance = new WebInstance(
				new SpringApplicationBuilder(WebApplication.class).web(WebApplicationType.SERVLET)
					.run(arguments.toArray(String[]::new)));
		await().atMost(Duration.ofSeconds(20))
			.until(() -> instance.topology()
				.current()
				.nodes()
				.stream()
				.allMatch((status) -> status.state() == NodeState.UP));
		return instance;
	}

	LiveTopology topology() {
		return this.context.getBean(RoutingDataSource.class).topology();
	}

	/**
	 * Address of a resource.
	 */
	String url(String path) {
		return "http://127.0.0.1:" + this.context.getEnvironment().getRequiredProperty("local.server.port") + path;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
