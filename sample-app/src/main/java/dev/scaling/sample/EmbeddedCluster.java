package dev.scaling.sample;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Runs a primary and two streaming replicas around the application, and with the profile
 * {@code shards} four shards with a replica each, unless the profile {@code external}
 * brings real ones.
 */
class EmbeddedCluster implements ApplicationContextInitializer<GenericApplicationContext> {

	private static final String BEAN_NAME = "postgresCluster";

	private static final int SHARDS = 4;

	@Override
	public void initialize(GenericApplicationContext context) {
		boolean external = context.getEnvironment().matchesProfiles("external");
		if (!external && !Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			start(context);
		}
	}

	private void start(GenericApplicationContext context) {
		PostgresCluster.Builder builder = PostgresCluster.builder().replicas(2);
		if (context.getEnvironment().matchesProfiles("shards")) {
			for (int shard = 0; shard < SHARDS; shard++) {
				builder.cluster("shard-" + shard, 1);
			}
		}
		PostgresCluster cluster = builder.start();
		// Registered before all other beans -> destroyed after them and their pools.
		context.getDefaultListableBeanFactory().registerDisposableBean(BEAN_NAME, cluster::close);
		context.getBeanFactory().registerSingleton(BEAN_NAME, cluster);
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("embeddedCluster", coordinates(cluster)));
	}

	private Map<String, Object> coordinates(PostgresCluster main) {
		Map<String, Object> properties = new LinkedHashMap<>();
		main.clusters().forEach((name, cluster) -> {
			String prefix = name.equals(PostgresCluster.DEFAULT_NAME) ? "scaling." : "scaling.shards." + name + ".";
			for (PostgresNode node : cluster.nodes()) {
				String id = node.id().substring(node.id().indexOf('/') + 1);
				String property = prefix + (id.equals("primary") ? id : "replicas." + id);
				properties.put(property + ".url", node.jdbcUrl());
				properties.put(property + ".username", node.username());
				properties.put(property + ".password", node.password());
			}
		});
		return properties;
	}

}
