package dev.scaling.pool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import dev.scaling.topology.Server;
import org.jspecify.annotations.Nullable;

/**
 * How many connections a server has to give, and how many it has given, at one moment.
 *
 * @param server the server
 * @param maxConnections its {@code max_connections}
 * @param reserved how many of them are kept from ordinary users:
 * {@code superuser_reserved_connections} and {@code reserved_connections}
 * @param role the user of the node's pool
 * @param roleLimit how many connections the role may have, or -1 for any number
 * @param database the database of the node
 * @param databaseLimit how many connections the database may have, or -1 for any number
 * @param monitorOfRole whether the monitor connects as the same role
 * @param connections how many connections clients have, of all applications
 * @param idle how many of them are seen to do nothing
 * @param hidden of how many this user may not know what they do, because it lacks the
 * rights of {@code pg_read_all_stats}
 * @param nanoTime when the server was asked, in {@link System#nanoTime()}
 * @since 0.1.0
 */
public record ServerLimits(Server server, int maxConnections, int reserved, String role, int roleLimit, String database,
		int databaseLimit, boolean monitorOfRole, int connections, int idle, int hidden, long nanoTime) {

	/**
	 * The limits of roles and databases do not hold for a superuser.
	 */
	private static final String QUERY = """
			SELECT %s, current_setting('max_connections')::int,
				current_setting('superuser_reserved_connections')::int
					+ coalesce(current_setting('reserved_connections', true)::int, 0),
				r.rolname, CASE WHEN r.rolsuper THEN -1 ELSE r.rolconnlimit END,
				d.datname, CASE WHEN r.rolsuper OR d.datconnlimit < 0 THEN -1 ELSE d.datconnlimit END,
				r.rolname = session_user, a.connections, a.idle, a.hidden
			FROM pg_database d, pg_roles r,
				(SELECT count(*) AS connections, count(*) FILTER (WHERE state = 'idle') AS idle,
					count(*) FILTER (WHERE backend_type IS NULL) AS hidden
				FROM pg_stat_activity
				WHERE datid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend') a
			WHERE d.datname = current_database()
				AND r.rolname = coalesce((SELECT rolname FROM pg_roles WHERE rolname = ?), session_user)
			""".formatted(ServerIdentity.COLUMNS);

	/**
	 * Asks a server.
	 * @param connection a connection to it, in auto-commit mode
	 * @param role the user of the node's pool, or {@code null} for that of the connection
	 * @return the limits
	 * @throws SQLException if that did not work
	 */
	public static ServerLimits read(Connection connection, @Nullable String role) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setString(1, role);
			try (ResultSet resultSet = statement.executeQuery()) {
				if (!resultSet.next()) {
					throw new SQLException("The server does not show the role of its user", "02000");
				}
				return new ServerLimits(ServerIdentity.read(resultSet, 1, 0), resultSet.getInt(4), resultSet.getInt(5),
						resultSet.getString(6), resultSet.getInt(7), resultSet.getString(8), resultSet.getInt(9),
						resultSet.getBoolean(10), resultSet.getInt(11), resultSet.getInt(12), resultSet.getInt(13),
						System.nanoTime());
			}
		}
	}

	/**
	 * How many connections all users together may have.
	 * @return {@code max_connections} without those that are reserved, 0 or more
	 */
	public int usable() {
		return Math.max(0, this.maxConnections - this.reserved);
	}

}
