package dev.scaling.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import dev.scaling.pool.ServerIdentity;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.Server;

/**
 * The question that each probe asks, in one statement for both roles. Any role may ask
 * it; {@code pg_monitor} lets a standby name its timeline.
 */
final class ProbeQuery {

	/**
	 * The role is asked once, because it may change within the statement. A standby
	 * without a receiver, as after the loss of its primary, is on the timeline that its
	 * control file names, or on a later one.
	 */
	private static final String SQL = """
			SELECT in_recovery,
			current_setting('default_transaction_read_only') = 'on',
			CASE WHEN in_recovery THEN CASE WHEN (pg_stat_get_wal_receiver()).pid IS NULL
					THEN greatest((pg_control_recovery()).min_recovery_end_timeline,
						(pg_control_checkpoint()).timeline_id)::bigint
					ELSE (pg_stat_get_wal_receiver()).received_tli::bigint END
				ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint END,
			CASE WHEN NOT in_recovery THEN (pg_current_wal_insert_lsn() - '0/0')::bigint END,
			CASE WHEN NOT in_recovery THEN (pg_current_wal_flush_lsn() - '0/0')::bigint END,
			CASE WHEN in_recovery THEN (pg_last_wal_receive_lsn() - '0/0')::bigint END,
			(pg_last_wal_replay_lsn() - '0/0')::bigint,
			(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000000)::bigint,
			(pg_control_system()).system_identifier,
			""" + ServerIdentity.COLUMNS + " FROM (SELECT pg_is_in_recovery() AS in_recovery OFFSET 0) AS role";

	private static final String READ_ONLY_SQL = """
			SELECT source NOT IN ('user', 'database user', 'client', 'session') FROM pg_settings
			WHERE name = 'default_transaction_read_only'
			""";

	private ProbeQuery() {
	}

	/**
	 * Asks the server.
	 * @param connection the connection
	 * @param epoch the epoch of the probe
	 * @return what it says
	 */
	static NodeReading run(Connection connection, long epoch) throws SQLException {
		long nanoTime = System.nanoTime();
		try (Statement statement = connection.createStatement(); ResultSet resultSet = statement.executeQuery(SQL)) {
			if (!resultSet.next()) {
				throw new SQLException("The probe got no row", "XX000");
			}
			boolean readOnly = resultSet.getBoolean(2) && isReadOnlyForAll(connection);
			return read(resultSet, readOnly, epoch, nanoTime);
		}
	}

	/**
	 * What the monitor's user has for itself says nothing about the server.
	 */
	private static boolean isReadOnlyForAll(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet resultSet = statement.executeQuery(READ_ONLY_SQL)) {
			return resultSet.next() && resultSet.getBoolean(1);
		}
	}

	private static NodeReading read(ResultSet resultSet, boolean readOnly, long epoch, long nanoTime)
			throws SQLException {
		Server server = ServerIdentity.read(resultSet, 10, resultSet.getLong(9));
		return new NodeReading(epoch, nanoTime, server, resultSet.getBoolean(1), readOnly, resultSet.getInt(3),
				resultSet.getLong(4), resultSet.getLong(5), resultSet.getLong(6), resultSet.getLong(7),
				ServerIdentity.readInstant(resultSet, 8));
	}

}
