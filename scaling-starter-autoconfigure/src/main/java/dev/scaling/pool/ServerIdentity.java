package dev.scaling.pool;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.scaling.topology.Server;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server who it is: what one URL reaches may change, and a connection through a
 * pooler does not tell. Any role may ask.
 *
 * @since 0.1.0
 */
public final class ServerIdentity {

	/**
	 * The columns of a query that {@link #read} reads.
	 */
	public static final String COLUMNS = "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint,"
			+ " host(inet_server_addr()), inet_server_port()";

	private static final String QUERY = "SELECT " + COLUMNS + ", pg_backend_pid()";

	private ServerIdentity() {
	}

	/**
	 * Reads the identity from the current row.
	 * @param resultSet a result with the {@link #COLUMNS}
	 * @param column the number of the first of them
	 * @param systemIdentifier the identifier of the database cluster, 0 if unknown
	 * @return the identity
	 * @throws SQLException if the result cannot be read
	 */
	public static Server read(ResultSet resultSet, int column, long systemIdentifier) throws SQLException {
		return new Server(systemIdentifier, resultSet.getString(column + 1), resultSet.getInt(column + 2),
				Instant.EPOCH.plus(resultSet.getLong(column), ChronoUnit.MICROS));
	}

	/**
	 * Asks the server behind a connection, without its system identifier.
	 * @param pooler what is between, is told which process has answered
	 */
	static Server of(Connection connection, Pooler pooler) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet resultSet = statement.executeQuery(QUERY)) {
			resultSet.next();
			pooler.observe(connection, resultSet.getInt(4));
			return read(resultSet, 1, 0);
		}
	}

	/**
	 * Reads a moment in microseconds since the epoch.
	 * @param resultSet the result
	 * @param column the number of the column
	 * @return the moment, or {@code null} if there is none
	 * @throws SQLException if the result cannot be read
	 */
	public static @Nullable Instant readInstant(ResultSet resultSet, int column) throws SQLException {
		long microseconds = resultSet.getLong(column);
		return resultSet.wasNull() ? null : Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS);
	}

}
