package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;

import dev.scaling.routing.LiveTopology;
import dev.scaling.topology.Node;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Warns of tables of keyspaces that the cluster {@code main} has, too: work whose key is
 * missing would read and write them there, without an error.
 *
 * @since 0.1.0
 */
public final class MainTables {

	private static final Log logger = LogFactory.getLog(MainTables.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/**
	 * A database that has been told of the keyspace is a shard, too.
	 */
	private static final String IS_SHARD = "SELECT to_regclass('scaling_shard_keyspace') IS NOT NULL";

	private final Supplier<LiveTopology> main;

	private final Collection<KeyspaceDefinition> keyspaces;

	/**
	 * Creates a check.
	 * @param main gives the cluster {@code main}
	 * @param keyspaces the keyspaces
	 */
	public MainTables(Supplier<LiveTopology> main, Collection<KeyspaceDefinition> keyspaces) {
		this.main = main;
		this.keyspaces = keyspaces;
	}

	/**
	 * Looks at the tables once, on a thread of its own and a connection of its own, so
	 * that nobody waits for a cluster that is slow: after some ten seconds it is not
	 * looked at.
	 * @return the thread, which ends by itself
	 */
	public Thread start() {
		Thread thread = new Thread(this::check, "scaling-main-tables");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private void check() {
		try (Connection connection = PrimaryConnections.open(this.main.get(), TIMEOUT)) {
			connection.setNetworkTimeout(Runnable::run, (int) TIMEOUT.toMillis());
			if (!isShard(connection)) {
				for (KeyspaceDefinition keyspace : this.keyspaces) {
					check(connection, keyspace);
				}
			}
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("It is not known whether cluster main has tables of keyspaces", ex);
		}
	}

	private static void check(Connection connection, KeyspaceDefinition keyspace) throws SQLException {
		for (String table : keyspace.tables().keySet().stream().sorted().toList()) {
			if (!keyspace.shards().contains(Node.MAIN_CLUSTER) && exists(connection, table)) {
				logger.warn("Table '" + table + "' of keyspace '" + keyspace.name()
						+ "' exists in cluster 'main', too: work on it whose key is missing reads and writes it there,"
						+ " without an error. Rename or drop the table in 'main', or leave it out of"
						+ " 'scaling.keyspaces." + keyspace.name() + ".tables' if its rows have no key");
			}
		}
	}

	private static boolean isShard(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(IS_SHARD)) {
			return isTrue(statement);
		}
	}

	private static boolean exists(Connection connection, String table) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
			statement.setString(1, table);
			return isTrue(statement);
		}
	}

	private static boolean isTrue(PreparedStatement statement) throws SQLException {
		statement.setQueryTimeout((int) TIMEOUT.toSeconds());
		try (ResultSet result = statement.executeQuery()) {
			return result.next() && result.getBoolean(1);
		}
	}

}
