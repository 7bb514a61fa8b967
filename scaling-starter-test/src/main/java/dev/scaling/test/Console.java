package dev.scaling.test;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * SQL on one server under a role of our own, so that it is not counted among the
 * statements of users.
 */
final class Console {

	static final String ROLE = "postgres_cluster";

	private static final int CONNECT_TIMEOUT_SECONDS = 10;

	private static final int SOCKET_TIMEOUT_SECONDS = 120;

	private final String node;

	private final PGSimpleDataSource dataSource;

	Console(String node, PGSimpleDataSource dataSource) {
		this.node = node;
		this.dataSource = dataSource;
		this.dataSource.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
		this.dataSource.setSocketTimeout(SOCKET_TIMEOUT_SECONDS);
		this.dataSource.setApplicationName("postgres-cluster");
	}

	static PGSimpleDataSource dataSource(String host, int port, String database, String username) {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setServerNames(new String[] { host });
		dataSource.setPortNumbers(new int[] { port });
		dataSource.setDatabaseName(database);
		dataSource.setUser(username);
		return dataSource;
	}

	static String literal(String value) {
		return "'" + value.replace("'", "''") + "'";
	}

	static String identifier(String name) {
		return "\"" + name.replace("\"", "\"\"") + "\"";
	}

	void execute(String... statements) {
		run((connection) -> {
			for (String sql : statements) {
				execute(connection, sql);
			}
			return null;
		});
	}

	@Nullable String query(String sql, Object... arguments) {
		return run((connection) -> query(connection, sql, arguments));
	}

	long queryLong(String sql, Object... arguments) {
		String value = query(sql, arguments);
		return (value != null) ? Long.parseLong(value) : 0;
	}

	boolean queryBoolean(String sql, Object... arguments) {
		return "t".equals(query(sql, arguments));
	}

	/**
	 * Whether the server answers.
	 * @return {@code false} while it refuses connections
	 */
	boolean isReachable() {
		try (Connection connection = this.dataSource.getConnection()) {
			return true;
		}
		catch (SQLException ex) {
			return false;
		}
	}

	<T> @Nullable T run(Work<T> work) {
		try (Connection connection = this.dataSource.getConnection()) {
			return work.run(connection);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Node '%s' refused: %s".formatted(this.node, ex.getMessage()), ex);
		}
	}

	static void execute(Connection connection, String sql, Object... arguments) throws SQLException {
		try (PreparedStatement statement = prepare(connection, sql, arguments)) {
			statement.execute();
		}
	}

	static @Nullable String query(Connection connection, String sql, Object... arguments) throws SQLException {
		try (PreparedStatement statement = prepare(connection, sql, arguments);
				ResultSet rows = statement.executeQuery()) {
			return rows.next() ? rows.getString(1) : null;
		}
	}

	private static PreparedStatement prepare(Connection connection, String sql, Object... arguments)
			throws SQLException {
		PreparedStatement statement = connection.prepareStatement(sql);
		for (int i = 0; i < arguments.length; i++) {
			statement.setObject(i + 1, arguments[i]);
		}
		return statement;
	}

	/**
	 * Work on one connection.
	 *
	 * @param <T> the type of the result
	 */
	@FunctionalInterface
	interface Work<T> {

		@Nullable T run(Connection connection) throws SQLException;

	}

}
