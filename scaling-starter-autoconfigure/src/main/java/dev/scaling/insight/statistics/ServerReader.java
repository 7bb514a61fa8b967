package dev.scaling.insight.statistics;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.insight.SqlText;
import dev.scaling.insight.statistics.ServerStatistics.Blocks;
import dev.scaling.insight.statistics.ServerStatistics.Database;
import dev.scaling.insight.statistics.ServerStatistics.Missing;
import dev.scaling.insight.statistics.ServerStatistics.RunningStatement;
import dev.scaling.insight.statistics.ServerStatistics.Standby;
import dev.scaling.insight.statistics.ServerStatistics.Wal;
import dev.scaling.pool.ServerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Asks one server for its statistics, of PostgreSQL 15 to 18. No query takes a lock that
 * an application could wait for, or waits for one itself for longer than a moment.
 */
final class ServerReader {

	private static final int CHECKPOINTER_VERSION = 170000;

	private static final String SERVER = """
			SELECT pg_is_in_recovery(), current_setting('server_version_num')::int,
				current_setting('max_connections')::int, quote_ident(current_user),
				pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), current_database()
			""";

	/**
	 * Without the connection that asks. The state of other users is hidden without
	 * {@code pg_read_all_stats}.
	 */
	private static final String CONNECTIONS = """
			SELECT CASE WHEN backend_type IS NULL THEN 'hidden' ELSE coalesce(state, 'unknown') END, count(*)
			FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()
				AND coalesce(backend_type, 'client backend') = 'client backend'
			GROUP BY 1 ORDER BY 1
			""";

	private static final String RUNNING = """
			SELECT pid, (extract(epoch FROM clock_timestamp() - query_start) * 1000000)::bigint, left(query, 4000)
			FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
				AND state = 'active' AND clock_timestamp() - query_start > interval '%d milliseconds'
			ORDER BY query_start LIMIT 20
			""";

	private static final String STANDBYS = """
			SELECT application_name, host(client_addr), state, sent_lsn, write_lsn, flush_lsn, replay_lsn,
				coalesce(pg_wal_lsn_diff(sent_lsn, replay_lsn), 0)::bigint
			FROM pg_stat_replication WHERE state IS NOT NULL ORDER BY application_name, pid
			""";

	private static final String BLOCKS = """
			SELECT coalesce(sum(heap_blks_hit), 0), coalesce(sum(heap_blks_read), 0) FROM pg_statio_user_tables
			""";

	private static final String DATABASE = """
			SELECT xact_commit, xact_rollback, tup_returned, tup_fetched, tup_inserted + tup_updated + tup_deleted,
				deadlocks, temp_files, temp_bytes, conflicts,
				(extract(epoch FROM stats_reset) * 1000000)::bigint
			FROM pg_stat_database WHERE datname = current_database()
			""";

	/**
	 * Looks at each file of the database, which may take a while.
	 */
	private static final String SIZE = """
			SELECT pg_database_size(datid) FROM pg_stat_database WHERE datname = current_database()
			""";

	private static final String WAL = """
			SELECT wal_bytes::bigint, wal_fpi, wal_buffers_full, checkpoints.* FROM pg_stat_wal,
			""";

	private static final String CHECKPOINTS = "(SELECT num_timed, num_requested FROM pg_stat_checkpointer) AS checkpoints";

	private static final String CHECKPOINTS_BEFORE_17 = """
			(SELECT checkpoints_timed, checkpoints_req FROM pg_stat_bgwriter) AS checkpoints
			""";

	private static final String SETTINGS = """
			SELECT name, current_setting(name) FROM pg_settings
			WHERE name IN ('autovacuum', 'autovacuum_vacuum_scale_factor', 'checkpoint_completion_target',
				'checkpoint_timeout', 'effective_cache_size', 'effective_io_concurrency', 'hot_standby_feedback',
				'idle_in_transaction_session_timeout', 'log_min_duration_statement', 'maintenance_work_mem',
				'max_connections', 'max_standby_streaming_delay', 'max_wal_size', 'max_worker_processes',
				'pg_stat_statements.max', 'pg_stat_statements.track', 'random_page_cost', 'server_version',
				'shared_buffers', 'shared_preload_libraries', 'superuser_reserved_connections', 'synchronous_commit',
				'synchronous_standby_names', 'track_activity_query_size', 'track_io_timing', 'wal_level', 'work_mem')
			ORDER BY name
			""";

	private final Duration timeout;

	private final Duration longRunning;

	ServerReader(Duration timeout, Duration longRunning) {
		this.timeout = timeout;
		this.longRunning = longRunning;
	}

	/**
	 * Asks the server.
	 * @param cluster the name of the cluster
	 * @param node the id of the node
	 * @param connection a connection to the node, whose transaction ends
	 * @return what it says
	 * @throws SQLException if it says nothing
	 */
	ServerStatistics read(String cluster, String node, Connection connection) throws SQLException {
		try (BoundedTransaction transaction = new BoundedTransaction(connection, this.timeout)) {
			return new Reading(transaction, connection).read(cluster, node);
		}
	}

	static @Nullable Instant instant(ResultSet resultSet, int column) throws SQLException {
		return ServerIdentity.readInstant(resultSet, column);
	}

	static Duration microseconds(long microseconds) {
		return Duration.of(microseconds, ChronoUnit.MICROS);
	}

	private static <T> List<T> list(ResultSet resultSet, BoundedTransaction.Reader<T> reader) throws SQLException {
		List<T> list = new ArrayList<>();
		while (resultSet.next()) {
			list.add(reader.read(resultSet));
		}
		return list;
	}

	private static Map<String, Integer> connections(ResultSet resultSet) throws SQLException {
		Map<String, Integer> connections = new LinkedHashMap<>();
		while (resultSet.next()) {
			connections.put(resultSet.getString(1), resultSet.getInt(2));
		}
		return connections;
	}

	private static RunningStatement running(ResultSet resultSet) throws SQLException {
		return new RunningStatement(resultSet.getInt(1), microseconds(resultSet.getLong(2)),
				SqlText.withoutValues(resultSet.getString(3)));
	}

	private static Standby standby(ResultSet resultSet) throws SQLException {
		return new Standby(resultSet.getString(1), resultSet.getString(2), resultSet.getString(3),
				resultSet.getString(4), resultSet.getString(5), resultSet.getString(6), resultSet.getString(7),
				resultSet.getLong(8));
	}

	private static Wal wal(ResultSet resultSet) throws SQLException {
		resultSet.next();
		return new Wal(resultSet.getLong(1), resultSet.getLong(2), resultSet.getLong(3), resultSet.getLong(4),
				resultSet.getLong(5));
	}

	private static Map<String, String> settings(ResultSet resultSet) throws SQLException {
		Map<String, String> settings = new LinkedHashMap<>();
		while (resultSet.next()) {
			settings.put(resultSet.getString(1), resultSet.getString(2));
		}
		return settings;
	}

	/**
	 * One reading of one server.
	 */
	private final class Reading {

		private final BoundedTransaction transaction;

		private final Connection connection;

		private final List<Missing> missing = new ArrayList<>();

		private final Instant time = Instant.now();

		private @Nullable Instant since;

		Reading(BoundedTransaction transaction, Connection connection) {
			this.transaction = transaction;
			this.connection = connection;
		}

		ServerStatistics read(String cluster, String node) throws SQLException {
			Server server = this.transaction.query(SERVER, (resultSet) -> {
				resultSet.next();
				return new Server(resultSet.getBoolean(1), resultSet.getInt(2), resultSet.getInt(3),
						resultSet.getString(4), resultSet.getBoolean(5), resultSet.getString(6));
			});
			if (!server.privileged()) {
				this.missing.add(new Missing("pg_stat_activity", "The user " + server.user()
						+ " does not see what the connections and statements of other users and the standbys do",
						"GRANT pg_monitor TO " + server.user()));
			}
			long size = part("pg_database_size", SIZE, (resultSet) -> resultSet.next() ? resultSet.getLong(1) : 0L, 0L);
			Database database = this.transaction.query(DATABASE, (resultSet) -> database(resultSet, size));
			Map<String, Integer> connections = part("pg_stat_activity", CONNECTIONS, ServerReader::connections,
					Map.of());
			List<RunningStatement> running = part("pg_stat_activity",
					RUNNING.formatted(ServerReader.this.longRunning.toMillis()),
					(resultSet) -> list(resultSet, ServerReader::running), List.of());
			List<Standby> standbys = part("pg_stat_replication", STANDBYS,
					(resultSet) -> list(resultSet, ServerReader::standby), List.of());
			Blocks blocks = part("pg_statio_user_tables", BLOCKS, (resultSet) -> {
				resultSet.next();
				return new Blocks(resultSet.getLong(1), resultSet.getLong(2));
			}, new Blocks(0, 0));
			Wal wal = server.recovery() ? null
					: optional("pg_stat_wal", () -> this.transaction.query(
							WAL + ((server.version() >= CHECKPOINTER_VERSION) ? CHECKPOINTS : CHECKPOINTS_BEFORE_17),
							ServerReader::wal));
			Map<String, String> settings = part("pg_settings", SETTINGS, ServerReader::settings, Map.of());
			TablesReader tables = new TablesReader(this.transaction);
			List<ServerStatistics.Table> largest = part("pg_stat_user_tables", tables::tables, List.of());
			List<ServerStatistics.Index> unused = part("pg_stat_user_indexes", tables::unusedIndexes, List.of());
			StatementsReader statementsReader = new StatementsReader(this.transaction, server.user(), server.database(),
					settings.get("shared_preload_libraries"), this.missing);
			ServerStatistics.Statements statements = optional("pg_stat_statements", statementsReader::read);
			return new ServerStatistics(cluster, node, !server.recovery(), this.time, this.since,
					Map.copyOf(connections), server.maxConnections(), running, standbys, blocks, largest, unused,
					statements, database, wal, Map.copyOf(settings), List.copyOf(this.missing));
		}

		private Database database(ResultSet resultSet, long size) throws SQLException {
			resultSet.next();
			this.since = instant(resultSet, 10);
			return new Database(resultSet.getLong(1), resultSet.getLong(2), resultSet.getLong(3), resultSet.getLong(4),
					resultSet.getLong(5), resultSet.getLong(6), resultSet.getLong(7), resultSet.getLong(8),
					resultSet.getLong(9), size);
		}

		private <T> T part(String what, String sql, BoundedTransaction.Reader<T> reader, T otherwise)
				throws SQLException {
			return part(what, () -> this.transaction.query(sql, reader), otherwise);
		}

		private <T> T part(String what, Part<T> part, T otherwise) throws SQLException {
			T read = optional(what, part);
			return (read != null) ? read : otherwise;
		}

		/**
		 * Reads what the others do not depend on.
		 */
		private <T> @Nullable T optional(String what, Part<T> part) throws SQLException {
			try {
				return part.read();
			}
			catch (SQLException ex) {
				if (this.connection.isClosed()) {
					throw ex;
				}
				this.missing.add(missing(what, ex));
				return null;
			}
		}

		private Missing missing(String what, SQLException ex) {
			String reason = String.valueOf(ex.getMessage()).lines().findFirst().orElse("unknown");
			String state = String.valueOf(ex.getSQLState());
			return new Missing(what, reason, switch (state) {
				case "42501" -> "GRANT pg_monitor TO the user of 'scaling.monitor.username'";
				case "57014", "55P03" ->
					"Raise 'scaling.insight.statistics.timeout', now " + ServerReader.this.timeout.toMillis() + " ms";
				default -> "Ask the server with its own tools (SQLSTATE " + state + ")";
			});
		}

	}

	/**
	 * Reads a part of the statistics.
	 *
	 * @param <T> the part
	 */
	interface Part<T> {

		@Nullable T read() throws SQLException;

	}

	private record Server(boolean recovery, int version, int maxConnections, String user, boolean privileged,
			String database) {

	}

}
