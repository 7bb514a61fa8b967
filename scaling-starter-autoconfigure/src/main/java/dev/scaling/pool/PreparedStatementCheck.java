package dev.scaling.pool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * Finds out whether the pooler behind a connection keeps track of prepared statements:
 * one that does gives them names of its own on the server. It takes one transaction, so
 * that all of it happens in one session of the server, and leaves nothing there that
 * another client could meet.
 */
final class PreparedStatementCheck {

	private static final String NAME_OF_PGBOUNCER = "PGBOUNCER_";

	private static final String OTHERS = "SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements"
			+ " WHERE NOT from_sql AND NOT starts_with(name, '" + NAME_OF_PGBOUNCER + "'))";

	private static final String CONNECTION_EXCEPTION = "08";

	private PreparedStatementCheck() {
	}

	/**
	 * Whether the pooler keeps track of prepared statements.
	 * @param connection a connection of the driver in auto-commit mode that nobody has
	 * used yet, which prepares nothing by itself
	 * @return {@code false} also if that cannot be found out
	 * @throws SQLException if the connection is broken
	 */
	static boolean isTracked(Connection connection) throws SQLException {
		connection.setAutoCommit(false);
		try {
			if (isLeftByOthers(connection)) {
				return false;
			}
			String name = nameOnServer(connection);
			if (name != null && name.startsWith(NAME_OF_PGBOUNCER)) {
				return true;
			}
			if (name != null) {
				deallocate(connection, name);
			}
			return false;
		}
		catch (SQLException ex) {
			// For one, the role may not read the view.
			String state = ex.getSQLState();
			if (state == null || state.startsWith(CONNECTION_EXCEPTION)) {
				throw ex;
			}
			return false;
		}
		finally {
			connection.rollback();
			connection.setAutoCommit(true);
		}
	}

	/**
	 * Whether a client has prepared a statement that the pooler did not name. It may have
	 * the name that the driver would give to ours, and after the failure the driver would
	 * close that of the other.
	 */
	private static boolean isLeftByOthers(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet resultSet = statement.executeQuery(OTHERS)) {
			return resultSet.next() && resultSet.getBoolean(1);
		}
	}

	/**
	 * Prepares a query that finds itself. Its text is its own, because a pooler has one
	 * name for the same text of all clients.
	 */
	private static @Nullable String nameOnServer(Connection connection) throws SQLException {
		String sql = "SELECT name FROM pg_catalog.pg_prepared_statements WHERE strpos(statement, '" + UUID.randomUUID()
				+ "') > 0";
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.unwrap(PGStatement.class).setPrepareThreshold(1);
			try (ResultSet resultSet = statement.executeQuery()) {
				return resultSet.next() ? resultSet.getString(1) : null;
			}
		}
	}

	private static void deallocate(Connection connection, String name) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("DEALLOCATE \"" + name.replace("\"", "\"\"") + '"');
		}
	}

}
