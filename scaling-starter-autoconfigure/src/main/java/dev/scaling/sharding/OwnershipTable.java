package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The table in which a shard keeps what it owns. It is where the search path of the
 * connection leads, as the tables of the keyspaces are.
 */
final class OwnershipTable {

	static final String DEFINITION = """
			CREATE TABLE IF NOT EXISTS scaling_shard_keyspace (
				keyspace text PRIMARY KEY,
				shard text NOT NULL,
				position integer NOT NULL,
				shards text[] NOT NULL,
				mapping text NOT NULL,
				epoch bigint NOT NULL
			)""";

	private static final String LOCK = "SET LOCAL lock_timeout = '5s';"
			+ " SELECT pg_advisory_xact_lock(hashtextextended('scaling_shard_keyspace', 0))";

	private static final String INSERT = "INSERT INTO scaling_shard_keyspace AS k"
			+ " VALUES (?, ?, ?, string_to_array(?, ','), ?, ?) ON CONFLICT (keyspace) ";

	private static final String RAISE = INSERT + "DO UPDATE SET shard = excluded.shard, position = excluded.position,"
			+ " shards = excluded.shards, mapping = excluded.mapping, epoch = excluded.epoch"
			+ " WHERE k.epoch < excluded.epoch";

	private static final String QUERY = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,"
			+ " k.keyspace, k.shard, k.position, array_to_string(k.shards, ','), k.mapping, k.epoch FROM (SELECT 1) AS one"
			+ " LEFT JOIN scaling_shard_keyspace AS k ON k.keyspace = ANY(string_to_array(?, ','))";

	private static final String UNDEFINED_TABLE = "42P01";

	private OwnershipTable() {
	}

	/**
	 * Reads what is stored, in one round trip.
	 */
	static Content read(Connection connection, Collection<String> keyspaces) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setString(1, String.join(",", keyspaces));
			try (ResultSet resultSet = statement.executeQuery()) {
				return content(resultSet);
			}
		}
		catch (SQLException ex) {
			if (!UNDEFINED_TABLE.equals(ex.getSQLState())) {
				throw ex;
			}
			return new Content(isReadOnly(connection), Map.of());
		}
	}

	private static Content content(ResultSet resultSet) throws SQLException {
		boolean readOnly = false;
		Map<String, StoredClaim> claims = new LinkedHashMap<>();
		while (resultSet.next()) {
			readOnly = resultSet.getBoolean(1);
			String keyspace = resultSet.getString(2);
			if (keyspace != null) {
				claims.put(keyspace, new StoredClaim(resultSet.getString(3), resultSet.getInt(4),
						resultSet.getString(5), resultSet.getString(6), resultSet.getLong(7)));
			}
		}
		return new Content(readOnly, claims);
	}

	private static boolean isReadOnly(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet resultSet = statement
					.executeQuery("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")) {
			resultSet.next();
			return resultSet.getBoolean(1);
		}
	}

	/**
	 * Writes what is missing, and leaves what others have written. Instances that start
	 * together do so one after the other.
	 */
	static void createMissing(Connection connection, Map<String, StoredClaim> claims) throws SQLException {
		write(connection, INSERT + "DO NOTHING", claims);
	}

	/**
	 * Writes what has a higher epoch than what is stored.
	 */
	static void raise(Connection connection, Map<String, StoredClaim> claims) throws SQLException {
		write(connection, RAISE, claims);
	}

	private static void write(Connection connection, String sql, Map<String, StoredClaim> claims) throws SQLException {
		connection.setAutoCommit(false);
		try {
			try (Statement statement = connection.createStatement()) {
				statement.execute(LOCK);
				statement.execute(DEFINITION);
			}
			try (PreparedStatement statement = connection.prepareStatement(sql)) {
				for (Map.Entry<String, StoredClaim> claim : claims.entrySet()) {
					bind(statement, claim.getKey(), claim.getValue());
					statement.executeUpdate();
				}
			}
			connection.commit();
		}
		catch (SQLException ex) {
			rollback(connection, ex);
			throw ex;
		}
		connection.setAutoCommit(true);
	}

	private static void rollback(Connection connection, SQLException failure) {
		try {
			connection.rollback();
			connection.setAutoCommit(true);
		}
		catch (SQLException ex) {
			failure.addSuppressed(ex);
		}
	}

	private static void bind(PreparedStatement statement, String keyspace, StoredClaim claim) throws SQLException {
		statement.setString(1, keyspace);
		statement.setString(2, claim.shard());
		statement.setInt(3, claim.position());
		statement.setString(4, claim.shards());
		statement.setString(5, claim.mapping());
		statement.setLong(6, claim.epoch());
	}

	/**
	 * The SQL by which an operator writes a claim, whatever epoch is stored.
	 */
	static String script(String keyspace, StoredClaim claim) {
		return "INSERT INTO scaling_shard_keyspace VALUES (" + literal(keyspace) + ", " + literal(claim.shard()) + ", "
				+ claim.position() + ", string_to_array(" + literal(claim.shards()) + ", ','), "
				+ literal(claim.mapping()) + ", " + claim.epoch() + ")";
	}

	private static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

	/**
	 * What a shard says.
	 *
	 * @param readOnly whether nothing can be written there, as on a replica
	 * @param claims what is stored, by keyspace
	 */
	record Content(boolean readOnly, Map<String, StoredClaim> claims) {

		@Nullable StoredClaim claim(String keyspace) {
			return this.claims.get(keyspace);
		}

	}

}
