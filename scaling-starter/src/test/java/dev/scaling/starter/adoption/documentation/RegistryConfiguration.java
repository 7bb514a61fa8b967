package dev.scaling.starter.adoption.documentation;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.autoconfigure.ScalingConnectionDetails;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Coordinates from code.
 */
@Configuration(proxyBeanMethods = false)
class RegistryConfiguration {

	// tag::details[]
	@Bean
	ScalingConnectionDetails scalingConnectionDetails(DatabaseRegistry registry) {
		return new ScalingConnectionDetails() {

			@Override
			public Node getPrimary() {
				return node(registry.primary());
			}

			@Override
			public Map<String, Node> getReplicas() {
				Map<String, Node> replicas = new LinkedHashMap<>();
				registry.replicas().forEach((name, address) -> replicas.put(name, node(address)));
				return replicas;
			}

			private Node node(String address) {
				return () -> "jdbc:postgresql://" + address + "/shop";
			}

		};
	}
	// end::details[]

	/**
	 * Knows where databases are.
	 */
	interface DatabaseRegistry {

		String primary();

		Map<String, String> replicas();

	}

}
