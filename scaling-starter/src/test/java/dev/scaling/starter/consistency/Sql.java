package dev.scaling.starter.consistency;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import dev.scaling.test.PostgresNode;

/**
 * SQL that does not pass through the application.
 */
public final class Sql {

	private Sql() {
	}

	/**
	 * Runs statements on a node.
	 * @param node the node
	 * @param statements the statements, each in a transaction of its own
	 */
	public static void execute(PostgresNode node, String... statements) {
		try (Connection connection = node.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Node " + node.id() + " refused " + String.join("; ", statements), ex);
		}
	}

	/**
	 * Reads one number on a node.
	 * @param node the node
	 * @param sql the query
	 * @return the number
	 */
	public static long number(PostgresNode node, String sql) {
		try (Connection connection = node.dataSource().getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Node " + node.id() + " refused " + sql, ex);
		}
	}

}
