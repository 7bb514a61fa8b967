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
 * Runs a primary and two streaming replicas around the application, unless the profile
 * {@code external} brings real ones.
 */
class EmbeddedCluster implements ApplicationContextInitializer<GenericApplicationContext> {

	private static final String BEAN_NAME = "postgresCluster";

	@Override
	public void initialize(GenericApplicationContext context) {
		boolean external = context.getEnvironment().matchesProfiles("external");
		if (!external && !Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			start(context);
		}
	}

	private void start(GenericApplicationContext context) {
		PostgresCluster cluster = PostgresCluster.builder().replicas(2).start();
		// Registered before all other beans -> destroyed after them and their pools.
		context.getDefaultListableBeanFactory().registerDisposableBean(BEAN_NAME, cluster::close);
		context.getBeanFactory().registerSingleton(BEAN_NAME, cluster);
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("embeddedCluster", coordinates(cluster)));
	}

	private Map<String, Object> coordinates(PostgresCluster cluster) {
		Map<String, Object> properties = new LinkedHashMap<>();
		for (PostgresNode node : cluster.nodes()) {
			String name = node.id().equals("primary") ? "scaling.primary" : "scaling.replicas." + node.id();
			properties.put(name + ".url", node.jdbcUrl());
			properties.put(name + ".username", node.username());
			properties.put(name + ".password", node.password());
		}
		return properties;
	}

}
