package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import dev.scaling.routing.LiveTopology;
import dev.scaling.sharding.PrimaryConnections.Work;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * The table that says which shard owns a key. Each keyspace has a version, which a change
 * of an entry raises by one while it locks it: versions are committed in their order, and
 * who has seen one has seen all before. Thread-safe.
 */
final class DirectoryTable {

	static final String CHANNEL = "scaling_directory";

	static final List<String> DEFINITION = List.of("""
			CREATE TABLE IF NOT EXISTS scaling_directory (
				keyspace text NOT NULL,
				key text NOT NULL,
				shard text NOT NULL,
				version bigint NOT NULL,
				PRIMARY KEY (keyspace, key)
			)""", "CREATE INDEX IF NOT EXISTS scaling_directory_changes ON scaling_directory (keyspace, version)",
			"CREATE INDEX IF NOT EXISTS scaling_directory_load ON scaling_directory (keyspace, shard)", """
					CREATE TABLE IF NOT EXISTS scaling_directory_version (
						keyspace text PRIMARY KEY,
						version bigint NOT NULL
					)""", """
					CREATE TABLE IF NOT EXISTS scaling_move (
						keyspace text NOT NULL,
						key text NOT NULL,
						source text NOT NULL,
						target text NOT NULL,
						state text NOT NULL CHECK (state IN ('planned', 'fenced', 'copied', 'published')),
						attempt bigint NOT NULL,
						started timestamptz NOT NULL DEFAULT now(),
						PRIMARY KEY (keyspace, key)
					)""");

	private static final Log logger = LogFactory.getLog(DirectoryTable.class);

	private static final String LOCK = "SET LOCAL lock_timeout = '5s';"
			+ " SELECT pg_advisory_xact_lock(hashtextextended('scaling_directory', 0))";

	private static final String FIND = "SELECT d.shard, coalesce((SELECT version FROM scaling_directory_version"
			+ " WHERE keyspace = ?), 0) FROM (SELECT 1) AS one LEFT JOIN scaling_directory AS d"
			+ " ON d.keyspace = ? AND d.key = ?";

	private static final String LEAST_LOADED = "SELECT s.shard FROM unnest(string_to_array(?, ',')) WITH ORDINALITY"
			+ " AS s (shard, position) LEFT JOIN (SELECT shard, count(*) AS keys FROM scaling_directory"
			+ " WHERE keyspace = ? GROUP BY shard) AS l ON l.shard = s.shard"
			+ " ORDER BY coalesce(l.keys, 0), s.position LIMIT 1";

	private static final String UNDEFINED_TABLE = "42P01";

	private final String keyspace;

	private final List<String> shards;

	private final Supplier<LiveTopology> cluster;

	private final Duration timeout;

	DirectoryTable(KeyspaceDefinition keyspace, Supplier<LiveTopology> cluster, Duration timeout) {
		this.keyspace = keyspace.name();
		this.shards = keyspace.shards();
		this.cluster = cluster;
		this.timeout = timeout;
	}

	String keyspace() {
		return this.keyspace;
	}

	/**
	 * Reads the entry of a key.
	 */
	Entry find(String key) {
		return run("look up key '" + key + "'", (connection) -> find(connection, key));
	}

	private Entry find(Connection connection, String key) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(FIND)) {
			statement.setString(1, this.keyspace);
			statement.setString(2, this.keyspace);
			statement.setString(3, key);
			try (ResultSet resultSet = statement.executeQuery()) {
				resultSet.next();
				return new Entry(resultSet.getString(1), resultSet.getLong(2));
			}
		}
	}

	/**
	 * Gives a key to a shard, or to the one with the fewest keys, unless somebody owns
	 * it.
	 */
	Entry assign(String key, @Nullable String shard) {
		return run("assign key '" + key + "'", (connection) -> PrimaryConnections.inTransaction(connection, (same) -> {
			lockVersion(same);
			Entry entry = find(same, key);
			if (entry.shard() != null) {
				return entry;
			}
			String owner = (shard != null) ? shard : leastLoaded(same);
			try (PreparedStatement statement = same
				.prepareStatement("INSERT INTO scaling_directory VALUES (?, ?, ?, ?)")) {
				statement.setString(1, this.keyspace);
				statement.setString(2, key);
				statement.setString(3, owner);
				statement.setLong(4, entry.version());
				statement.executeUpdate();
			}
			return new Entry(owner, entry.version());
		}));
	}

	/**
	 * Excludes all other changes of the keyspace until the end of the transaction.
	 */
	private void lockVersion(Connection connection) throws SQLException {
		try (PreparedStatement insert = connection
			.prepareStatement("INSERT INTO scaling_directory_version VALUES (?, 0) ON CONFLICT DO NOTHING");
				PreparedStatement lock = connection
					.prepareStatement("SELECT FROM scaling_directory_version WHERE keyspace = ? FOR UPDATE")) {
			insert.setString(1, this.keyspace);
			insert.executeUpdate();
			lock.setString(1, this.keyspace);
			lock.executeQuery().close();
		}
	}

	private String leastLoaded(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(LEAST_LOADED)) {
			statement.setString(1, String.join(",", this.shards));
			statement.setString(2, this.keyspace);
			try (ResultSet resultSet = statement.executeQuery()) {
				resultSet.next();
				return resultSet.getString(1);
			}
		}
	}

	/**
	 * Changes the owner of a key, and tells all instances, at the commit.
	 */
	void publish(Connection connection, MoveState move) throws SQLException {
		lockVersion(connection);
		long version;
		try (PreparedStatement statement = connection.prepareStatement("UPDATE scaling_directory_version"
				+ " SET version = version + 1 WHERE keyspace = ? RETURNING version")) {
			statement.setString(1, this.keyspace);
			try (ResultSet resultSet = statement.executeQuery()) {
				resultSet.next();
				version = resultSet.getLong(1);
			}
		}
		try (PreparedStatement statement = connection.prepareStatement(
				"UPDATE scaling_directory SET shard = ?, version = ? WHERE keyspace = ? AND key = ? AND shard = ?")) {
			statement.setString(1, move.target());
			statement.setLong(2, version);
			statement.setString(3, this.keyspace);
			statement.setString(4, move.key());
			statement.setString(5, move.source());
			if (statement.executeUpdate() != 1) {
				throw new SQLException("Key '" + move.key() + "' of keyspace '" + this.keyspace
						+ "' is no longer owned by shard '" + move.source() + "'");
			}
		}
		try (PreparedStatement statement = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
			statement.setString(1, CHANNEL);
			statement.setString(2, this.keyspace);
			statement.executeQuery().close();
		}
	}

	/**
	 * Runs work on a connection of the pool of the directory's primary.
	 */
	private <T> T run(String what, Work<T> work) {
		return run(what, work, PrimaryConnections::connect);
	}

	/**
	 * Runs a transaction on the directory's primary, outside of its pool.
	 */
	<T> T transact(String what, Work<T> work) {
		return run(what, (connection) -> PrimaryConnections.inTransaction(connection, work), PrimaryConnections::open);
	}

	private <T> T run(String what, Work<T> work, Opening opening) {
		LiveTopology cluster = this.cluster.get();
		try {
			try (Connection connection = opening.open(cluster, this.timeout)) {
				return work.run(connection);
			}
			catch (SQLException ex) {
				if (!UNDEFINED_TABLE.equals(ex.getSQLState())) {
					throw ex;
				}
				create(cluster);
				try (Connection connection = opening.open(cluster, this.timeout)) {
					return work.run(connection);
				}
			}
		}
		catch (SQLException ex) {
			throw failure(cluster, what, ex);
		}
	}

	DataAccessResourceFailureException failure(LiveTopology cluster, String what, SQLException ex) {
		return new DataAccessResourceFailureException("The directory of keyspace '" + this.keyspace + "' in cluster '"
				+ cluster.cluster() + "' cannot " + what + ": " + ex.getMessage(), ex);
	}

	LiveTopology cluster() {
		return this.cluster.get();
	}

	/**
	 * Instances that start together do so one after the other.
	 */
	private void create(LiveTopology cluster) throws SQLException {
		try (Connection connection = PrimaryConnections.connect(cluster, this.timeout)) {
			PrimaryConnections.inTransaction(connection, (same) -> {
				try (Statement statement = same.createStatement()) {
					statement.execute(LOCK);
					for (String definition : DEFINITION) {
						statement.execute(definition);
					}
				}
				return true;
			});
			logger.info("The tables of the directory have been created in cluster " + cluster.cluster());
		}
		catch (SQLException ex) {
			if (!"42501".equals(ex.getSQLState()) && !"3F000".equals(ex.getSQLState())) {
				throw ex;
			}
			throw new SQLException("its tables are missing, and the application's user may not create them ("
					+ ex.getMessage() + "). Execute this as a user who may, and grant the application's user SELECT,"
					+ " INSERT, UPDATE and DELETE on them: " + String.join("; ", DEFINITION).replaceAll("\\s+", " ")
					+ ";", ex.getSQLState(), ex);
		}
	}

	/**
	 * Reads the entries that have changed after a version.
	 * @param limit how many at most
	 */
	static Changes changes(Connection connection, String keyspace, long version, int limit) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT pg_is_in_recovery(), coalesce((SELECT version FROM scaling_directory_version"
					+ " WHERE keyspace = ?), 0), d.key, d.version FROM (SELECT 1) AS one"
					+ " LEFT JOIN scaling_directory AS d ON d.keyspace = ? AND d.version > ?"
					+ " ORDER BY d.version LIMIT ?")) {
			statement.setString(1, keyspace);
			statement.setString(2, keyspace);
			statement.setLong(3, version);
			statement.setInt(4, limit);
			List<Change> changes = new ArrayList<>();
			try (ResultSet resultSet = statement.executeQuery()) {
				long latest = 0;
				while (resultSet.next()) {
					if (resultSet.getBoolean(1)) {
						throw new SQLException("The server is not the primary", "25006");
					}
					latest = resultSet.getLong(2);
					String key = resultSet.getString(3);
					if (key != null) {
						changes.add(new Change(key, resultSet.getLong(4)));
					}
				}
				return new Changes(latest, changes);
			}
		}
	}

	/**
	 * Takes or makes a connection.
	 */
	@FunctionalInterface
	private interface Opening {

		Connection open(LiveTopology cluster, Duration timeout) throws SQLException;

	}

	/**
	 * The owner of a key.
	 *
	 * @param shard the name of the shard, or {@code null} if nobody owns the key
	 * @param version the version of the keyspace when it was read
	 */
	record Entry(@Nullable String shard, long version) {

	}

	/**
	 * A key whose owner has changed.
	 */
	record Change(String key, long version) {

	}

	/**
	 * What has changed up to a version.
	 */
	record Changes(long version, List<Change> entries) {

	}

}
