package dev.scaling.starter.adoption;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * A cluster that applications reach as their users have it: by properties. All tests of
 * adoption share it.
 */
public final class ConfiguredCluster {

	/**
	 * A password by which tests recognize that one has come out.
	 */
	public static final String PASSWORD = "keep-me-to-yourself";

	private ConfiguredCluster() {
	}

	/**
	 * The cluster, which is started by the first call and removed when the JVM ends.
	 * @return the cluster
	 */
	public static PostgresCluster get() {
		return Holder.cluster;
	}

	/**
	 * The nodes as an application's configuration lists them, whatever their roles are at
	 * the moment.
	 * @return the properties by name
	 */
	public static Map<String, Object> properties() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("scaling.primary.url", get().node("primary").jdbcUrl());
		properties.put("scaling.primary.username", "postgres");
		properties.put("scaling.primary.password", PASSWORD);
		properties.putAll(replicas());
		return properties;
	}

	/**
	 * The replicas as the configuration of an application lists them that has a primary
	 * already.
	 * @return the properties by name
	 */
	public static Map<String, Object> replicas() {
		Map<String, Object> properties = new LinkedHashMap<>();
		for (PostgresNode node : get().nodes()) {
			if (!node.id().equals("primary")) {
				properties.put("scaling.replicas." + node.id() + ".url", node.jdbcUrl());
			}
		}
		return properties;
	}

	/**
	 * Configure an application of a test.
	 * @param registry takes the properties
	 */
	public static void register(DynamicPropertyRegistry registry) {
		properties().forEach((name, value) -> registry.add(name, () -> value));
	}

	/**
	 * Starts the cluster when it is needed.
	 */
	private static final class Holder {

		private static final PostgresCluster cluster = PostgresCluster.builder().replicas(2).start();

	}

}
