package dev.scaling.sharding;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import dev.scaling.ShardMovedException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.DigestUtils;

/**
 * Keeps writes of keys that have left a shard away from it: a trigger on each table of
 * the keyspace refuses them. Tables of a shard that no key has left have no trigger.
 * <p>
 * The fence is committed first. Then the trigger of each table is created or replaced,
 * which waits for all transactions that have written to the table, and lets no other ones
 * begin to meanwhile; afterwards each of them sees the new trigger, whatever its
 * snapshot. The trigger reads the fence in a snapshot of its own, or, where the
 * transaction has one snapshot for all, makes sure that this one is not older than the
 * fence.
 */
final class ShardFence {

	static final List<String> DEFINITION = List.of("""
			CREATE TABLE IF NOT EXISTS scaling_fence (
				keyspace text NOT NULL,
				key text NOT NULL,
				attempt bigint NOT NULL,
				shard text,
				PRIMARY KEY (keyspace, key)
			)""", """
			CREATE TABLE IF NOT EXISTS scaling_fence_generation (
				keyspace text PRIMARY KEY,
				generation bigint NOT NULL
			)""");

	private static final String LOCK = "SET LOCAL lock_timeout = '5s';"
			+ " SELECT pg_advisory_xact_lock(hashtextextended('scaling_fence', 0))";

	private static final String FUNCTION = """
			CREATE OR REPLACE FUNCTION {schema}.{function}() RETURNS trigger LANGUAGE plpgsql AS $scaling$
			DECLARE
				moved text;
				target text;
			BEGIN
				IF current_setting('scaling.mover', true) = 'on' THEN
					RETURN NULL;
				END IF;
				IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') AND NOT EXISTS (
						SELECT FROM {schema}.scaling_fence_generation
						WHERE keyspace = TG_ARGV[0] AND generation >= TG_ARGV[1]::bigint) THEN
					RAISE EXCEPTION 'a key of keyspace % has moved since the transaction began', TG_ARGV[0]
						USING ERRCODE = 'serialization_failure', HINT = 'Repeat the transaction.';
				END IF;
				IF TG_OP <> 'DELETE' THEN
					SELECT key, shard INTO moved, target FROM {schema}.scaling_fence
						WHERE keyspace = TG_ARGV[0] AND key = NEW.{column}::text AND shard IS NOT NULL;
				END IF;
				IF target IS NULL AND TG_OP <> 'INSERT' THEN
					SELECT key, shard INTO moved, target FROM {schema}.scaling_fence
						WHERE keyspace = TG_ARGV[0] AND key = OLD.{column}::text AND shard IS NOT NULL;
				END IF;
				IF target IS NOT NULL THEN
					RAISE EXCEPTION 'key ''%'' of keyspace ''%'' moves to shard ''%''',
							replace(moved, '''', ''''''), TG_ARGV[0], target
						USING ERRCODE = '{state}', HINT = 'Repeat the transaction on that shard.';
				END IF;
				RETURN NULL;
			END
			$scaling$""";

	private static final String CLAIM = "INSERT INTO scaling_fence AS f VALUES (?, ?, ?, ?)"
			+ " ON CONFLICT (keyspace, key) DO UPDATE SET attempt = excluded.attempt";

	private static final String SINCE = " WHERE f.attempt <= excluded.attempt";

	private ShardFence() {
	}

	/**
	 * Creates the tables of the fence if they are missing.
	 */
	static void create(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet resultSet = statement.executeQuery("SELECT to_regclass('scaling_fence') IS NOT NULL"
						+ " AND to_regclass('scaling_fence_generation') IS NOT NULL")) {
			resultSet.next();
			if (resultSet.getBoolean(1)) {
				return;
			}
		}
		PrimaryConnections.inTransaction(connection, (same) -> {
			try (Statement statement = same.createStatement()) {
				statement.execute(LOCK);
				for (String definition : DEFINITION) {
					statement.execute(definition);
				}
				return true;
			}
		});
	}

	/**
	 * Begins the transaction of a step of a move on a shard: it may pass fences, and
	 * happens only if nobody has begun a later move of the key, or taken this one over.
	 */
	static void enter(Connection connection, String keyspace, MoveState move) throws SQLException {
		begin(connection);
		claim(connection, CLAIM + SINCE, keyspace, move, null);
	}

	private static void begin(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10s';"
					+ " SET LOCAL scaling.mover = 'on'");
		}
	}

	private static void claim(Connection connection, String sql, String keyspace, MoveState move,
			@Nullable String shard) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, keyspace);
			statement.setString(2, move.key());
			statement.setLong(3, move.attempt());
			statement.setString(4, shard);
			if (statement.executeUpdate() != 1) {
				throw new SQLException(
						"A later move of key '" + move.key() + "' of keyspace '" + keyspace + "' has begun");
			}
		}
	}

	/**
	 * Refuses writes of a key, in the current transaction, where a trigger is in place.
	 */
	static void raise(Connection connection, String keyspace, MoveState move) throws SQLException {
		begin(connection);
		try (PreparedStatement statement = connection.prepareStatement("INSERT INTO scaling_fence_generation AS g"
				+ " VALUES (?, 1) ON CONFLICT (keyspace) DO UPDATE SET generation = g.generation + 1")) {
			statement.setString(1, keyspace);
			statement.executeUpdate();
		}
		claim(connection, CLAIM + ", shard = excluded.shard" + SINCE, keyspace, move, move.target());
	}

	/**
	 * Puts a trigger in place, in the current transaction, which must have nothing else
	 * to do: a writer that waits for it may be one that it waits for at another table.
	 * When it is committed, all that was written to the table without regard to the fence
	 * is committed or rolled back, too.
	 * @param lockTimeout how long to wait for others, in milliseconds
	 */
	static void install(Connection connection, String keyspace, MovedTable table, long lockTimeout)
			throws SQLException {
		begin(connection);
		try (Statement statement = connection.createStatement()) {
			statement.execute(LOCK);
			statement.execute("SET LOCAL lock_timeout = " + lockTimeout);
			String schema = schema(statement);
			String function = "scaling_fence_"
					+ DigestUtils.md5DigestAsHex(table.name().getBytes(StandardCharsets.UTF_8)).substring(0, 16);
			statement.execute(FUNCTION.replace("{schema}", schema)
				.replace("{function}", function)
				.replace("{state}", ShardMovedException.SQL_STATE)
				.replace("{column}", table.column()));
			statement.execute("CREATE OR REPLACE TRIGGER scaling_fence AFTER INSERT OR UPDATE OR DELETE ON "
					+ table.name() + " FOR EACH ROW EXECUTE FUNCTION " + schema + "." + function + "("
					+ MovedTable.literal(keyspace) + ", " + generation(connection, keyspace) + ")");
		}
	}

	private static long generation(Connection connection, String keyspace) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT generation FROM scaling_fence_generation WHERE keyspace = ?")) {
			statement.setString(1, keyspace);
			try (ResultSet resultSet = statement.executeQuery()) {
				resultSet.next();
				return resultSet.getLong(1);
			}
		}
	}

	private static String schema(Statement statement) throws SQLException {
		try (ResultSet resultSet = statement.executeQuery("SELECT quote_ident(n.nspname) FROM pg_class AS c"
				+ " JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = to_regclass('scaling_fence')")) {
			resultSet.next();
			return resultSet.getString(1);
		}
	}

	/**
	 * Takes writes of a key again, in the current transaction.
	 */
	static void lift(Connection connection, String keyspace, MoveState move) throws SQLException {
		begin(connection);
		claim(connection, CLAIM + ", shard = NULL" + SINCE, keyspace, move, null);
	}

}
