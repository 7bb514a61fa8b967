package dev.scaling.starter.sharding.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.sharding.ShardDatabases;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Empty databases, {@code main} and three shards, for each test, and the scripts of its
 * keyspaces.
 */
final class MigratedShards {

	static final List<String> SHARDS = List.of("shard-0", "shard-1", "shard-2");

	private static final ShardDatabases databases = new ShardDatabases();

	private static int tests;

	private final int test;

	private final Path scripts;

	MigratedShards(Path scripts) {
		this.scripts = scripts;
		synchronized (databases) {
			this.test = ++tests;
		}
		database("main");
		SHARDS.forEach(this::database);
	}

	private String database(String cluster) {
		String name = cluster + "-of-test-" + this.test;
		databases.database(name);
		return name;
	}

	JdbcClient jdbc(String cluster) {
		return databases.jdbc(database(cluster));
	}

	void execute(String cluster, String sql) {
		jdbc(cluster).sql(sql).update();
	}

	long rows(String cluster, String table) {
		return jdbc(cluster).sql("SELECT count(*) FROM " + table).query(Long.class).single();
	}

	/**
	 * The versions in the history of a keyspace, in the order of their execution.
	 */
	List<String> versions(String cluster, String keyspace) {
		return jdbc(cluster)
			.sql("SELECT version FROM flyway_schema_history_" + keyspace
					+ " WHERE version <> '0' ORDER BY installed_rank")
			.query(String.class)
			.list();
	}

	boolean hasTable(String cluster, String table) {
		return jdbc(cluster).sql("SELECT to_regclass(?) IS NOT NULL").param(table).query(Boolean.class).single();
	}

	/**
	 * Writes a script of a keyspace.
	 */
	void script(String keyspace, String name, String sql) {
		try {
			Files.writeString(Files.createDirectories(this.scripts.resolve(keyspace)).resolve(name), sql);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String location(String keyspace) {
		return "filesystem:" + this.scripts.resolve(keyspace);
	}

	/**
	 * Says which shards a keyspace has, and where its scripts are.
	 */
	String[] keyspace(String name, String shards) {
		String property = "scaling.keyspaces." + name;
		return new String[] { property + ".shards=" + shards, property + ".migrations.locations=" + location(name) };
	}

	Map<String, Object> nodes() {
		Map<String, Object> nodes = shards();
		nodes.put("scaling.primary.url", databases.url(database("main")));
		nodes.put("scaling.primary.username", "postgres");
		return nodes;
	}

	Map<String, Object> shards() {
		Map<String, Object> nodes = new LinkedHashMap<>();
		for (String shard : SHARDS) {
			nodes.put("scaling.shards." + shard + ".primary.url", databases.url(database(shard)));
			nodes.put("scaling.shards." + shard + ".primary.username", "postgres");
		}
		return nodes;
	}

	/**
	 * Starts an application with pools of two connections.
	 */
	ConfigurableApplicationContext run(Class<?> application, String[] keyspace, String... properties) {
		return run(application, nodes(), keyspace, properties);
	}

	static ConfigurableApplicationContext run(Class<?> application, Map<String, Object> nodes, String[] keyspace,
			String... properties) {
		List<String> all = new ArrayList<>(List.of(keyspace));
		all.addAll(List.of("scaling.pool.maximum-pool-size=2", "scaling.pool.connection-timeout=5s"));
		all.addAll(List.of(properties));
		return Applications.run(application, nodes, all.toArray(String[]::new));
	}

}
