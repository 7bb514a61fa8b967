package dev.scaling.starter.sharding;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.starter.adoption.Applications;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The servers of an application with shards: {@code main}, and two shards with a replica
 * each. They are started by the first test and removed when the JVM ends.
 */
public final class ShardServers {

	private static final Map<String, PostgresCluster> clusters = new LinkedHashMap<>();

	private ShardServers() {
	}

	public static synchronized PostgresCluster cluster(String name) {
		return clusters.computeIfAbsent(name,
				(key) -> PostgresCluster.builder().replicas(key.equals("main") ? 0 : 1).start());
	}

	/**
	 * Executes SQL on the primary of a cluster.
	 */
	public static void execute(String cluster, String sql) {
		JdbcClient.create(cluster(cluster).primary().dataSource()).sql(sql).update();
	}

	public static long number(String cluster, String sql) {
		return JdbcClient.create(cluster(cluster).primary().dataSource()).sql(sql).query(Long.class).single();
	}

	/**
	 * Starts an application with the shards, and with {@code main}.
	 */
	public static ConfigurableApplicationContext run(Class<?> application, String... properties) {
		Map<String, Object> nodes = shards();
		nodes.put("scaling.primary.url", cluster("main").primary().jdbcUrl());
		nodes.put("scaling.primary.username", "postgres");
		return Applications.run(application, nodes, properties);
	}

	/**
	 * Starts an application that has nothing but shards.
	 */
	public static ConfigurableApplicationContext runWithoutMain(Class<?> application, String... properties) {
		return Applications.run(application, shards(), properties);
	}

	private static Map<String, Object> shards() {
		Map<String, Object> nodes = new LinkedHashMap<>();
		for (String shard : new String[] { "shard-0", "shard-1" }) {
			for (PostgresNode node : cluster(shard).nodes()) {
				boolean primary = node.id().equals("primary");
				String property = "scaling.shards." + shard + (primary ? ".primary" : ".replicas." + node.id());
				nodes.put(property + ".url", node.jdbcUrl());
				nodes.put(property + ".username", "postgres");
			}
		}
		return nodes;
	}

}
