package dev.scaling.starter.routing;

import java.util.ArrayList;
import java.util.List;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Runs applications that find a cluster through their properties. Sessions have tests of
 * their own: here only the route of each piece of work counts.
 */
final class ClusterContextRunner {

	private ClusterContextRunner() {
	}

	static ApplicationContextRunner of(PostgresCluster cluster) {
		List<String> properties = new ArrayList<>();
		properties.add("scaling.consistency.mode=none");
		properties.add("scaling.primary.url=" + cluster.primary().jdbcUrl());
		properties.add("scaling.primary.username=" + cluster.primary().username());
		properties.add("scaling.primary.password=" + cluster.primary().password());
		for (PostgresNode replica : cluster.replicas()) {
			properties.add("scaling.replicas." + replica.id() + ".url=" + replica.jdbcUrl());
		}
		return new ApplicationContextRunner().withInitializer(new ConfigDataApplicationContextInitializer())
			.withPropertyValues(properties.toArray(String[]::new));
	}

}
