package dev.scaling.starter.routing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tables that tests use so that the servers' own statistics can tell who served them.
 */
final class Probes {

	/**
	 * Read by the work that a test is about.
	 */
	static final String INNER = "inner_probe";

	/**
	 * Read by the transaction around that work.
	 */
	static final String OUTER = "outer_probe";

	private static final String COUNT = """
			SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
			WHERE position(? IN query) > 0 AND query ~* '^\\s*(/\\*.*\\*/)?\\s*(select|insert|update|delete)'
			""";

	private static final Map<PostgresCluster, Probes> probes = new HashMap<>();

	private final PostgresCluster cluster;

	private final Map<PostgresNode, Connection> connections = new HashMap<>();

	private Probes(PostgresCluster cluster) {
		this.cluster = cluster;
	}

	/**
	 * Creates the tables where they do not exist yet.
	 * @param cluster the cluster
	 * @return the probes of the cluster
	 */
	static synchronized Probes on(PostgresCluster cluster) {
		return probes.computeIfAbsent(cluster, (key) -> {
			Probes probes = new Probes(cluster);
			probes.create(INNER);
			probes.create(OUTER);
			return probes;
		});
	}

	/**
	 * Creates a table with one row.
	 * @param table the name of the table
	 */
	void create(String table) {
		JdbcTemplate jdbc = primary();
		jdbc.execute("CREATE TABLE IF NOT EXISTS " + table + " (id int PRIMARY KEY)");
		jdbc.execute("INSERT INTO " + table + " VALUES (0) ON CONFLICT DO NOTHING");
		this.cluster.awaitReplication();
	}

	/**
	 * SQL that tells which session it ran in.
	 * @param table the table to read
	 * @return a query with one number as its result
	 */
	static String sql(String table) {
		return "SELECT pg_backend_pid() FROM " + table + " WHERE id = 0";
	}

	/**
	 * Runs some work and tells which nodes have executed statements on {@link #INNER} for
	 * it.
	 * @param work the work
	 * @return the ids of the nodes, each as often as it served
	 * @throws Exception if the work fails
	 */
	List<String> served(Callable<?> work) throws Exception {
		return servedByTable(work).get(INNER);
	}

	/**
	 * Runs some work, and tells which nodes have executed statements on {@link #INNER}
	 * and {@link #OUTER} for it.
	 * @param work the work
	 * @return the ids of the nodes by table
	 * @throws Exception if the work fails
	 */
	Map<String, List<String>> servedByTable(Callable<?> work) throws Exception {
		Map<String, Long> inner = count(INNER);
		Map<String, Long> outer = count(OUTER);
		work.call();
		return Map.of(INNER, difference(inner, count(INNER)), OUTER, difference(outer, count(OUTER)));
	}

	/**
	 * Counts the statements on a table.
	 * @param table the name of the table
	 * @return the number of statements by node
	 */
	Map<String, Long> count(String table) {
		Map<String, Long> count = new LinkedHashMap<>();
		for (PostgresNode node : this.cluster.nodes()) {
			if (node.isRunning()) {
				count.put(node.id(), count(node, table));
			}
		}
		return count;
	}

	private long count(PostgresNode node, String table) {
		try {
			return count(connection(node), table);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("No statistics of " + node.id(), ex);
		}
	}

	private static long count(Connection connection, String table) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
			statement.setString(1, table);
			try (ResultSet result = statement.executeQuery()) {
				result.next();
				return result.getLong(1);
			}
		}
	}

	private Connection connection(PostgresNode node) throws SQLException {
		Connection connection = this.connections.get(node);
		if (connection == null || !connection.isValid(1)) {
			connection = node.dataSource().getConnection();
			this.connections.put(node, connection);
		}
		return connection;
	}

	private static List<String> difference(Map<String, Long> before, Map<String, Long> after) {
		List<String> served = new ArrayList<>();
		after.forEach((node, count) -> served
			.addAll(Collections.nCopies((int) (count - before.getOrDefault(node, 0L)), node)));
		return served;
	}

	/**
	 * Counts the rows of {@link #INNER} on the primary.
	 * @param id the id that the rows have
	 * @return the number of rows, 0 or 1
	 */
	int rows(int id) {
		return primary().queryForList("SELECT id FROM " + INNER + " WHERE id = " + id).size();
	}

	/**
	 * Removes all rows that tests have added to {@link #INNER}.
	 */
	void clear() {
		primary().update("DELETE FROM " + INNER + " WHERE id <> 0");
		this.cluster.awaitReplication();
	}

	private JdbcTemplate primary() {
		return new JdbcTemplate(this.cluster.primary().dataSource());
	}

	static boolean isReplica(String node) {
		return node.startsWith("replica-");
	}

}
