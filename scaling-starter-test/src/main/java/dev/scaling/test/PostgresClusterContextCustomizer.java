package dev.scaling.test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * {@link ContextCustomizer} that registers a {@link PostgresCluster} and the connection
 * details that lead the application to it. As a part of the key of the context cache, it
 * is equal for equal clusters.
 */
record PostgresClusterContextCustomizer(int replicas, String database, List<String> parameters,
		PostgresCluster.Engine engine) implements ContextCustomizer {

	private static final Map<PostgresClusterContextCustomizer, PostgresCluster> clusters = new ConcurrentHashMap<>();

	static PostgresClusterContextCustomizer of(AutoConfigurePostgresCluster annotation) {
		return new PostgresClusterContextCustomizer(annotation.replicas(), annotation.database(),
				List.of(annotation.parameters()), annotation.engine());
	}

	/**
	 * Undo the faults of all clusters that applications use.
	 */
	static void repairClusters() {
		clusters.values().forEach(PostgresCluster::repair);
	}

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		PostgresCluster cluster = clusters.computeIfAbsent(this, PostgresClusterContextCustomizer::start);
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		beanFactory.registerSingleton("postgresCluster", cluster);
		beanFactory.registerSingleton("postgresClusterConnectionDetails",
				new PostgresClusterConnectionDetails(cluster));
	}

	private PostgresCluster start() {
		PostgresCluster.Builder builder = PostgresCluster.builder()
			.replicas(this.replicas)
			.database(this.database)
			.engine(this.engine);
		for (String parameter : this.parameters) {
			String[] nameAndValue = parameter.split("=", 2);
			if (nameAndValue.length != 2) {
				throw new IllegalArgumentException(
						"Parameter '%s' of @AutoConfigurePostgresCluster has no '='".formatted(parameter));
			}
			builder.parameter(nameAndValue[0].trim(), nameAndValue[1].trim());
		}
		return builder.start();
	}

}
