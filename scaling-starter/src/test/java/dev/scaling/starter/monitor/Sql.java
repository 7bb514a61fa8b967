package dev.scaling.starter.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import dev.scaling.test.PostgresNode;

/**
 * Statements run on a node as its superuser.
 */
final class Sql {

	private Sql() {
	}

	static void run(PostgresNode node, String... statements) {
		try (Connection connection = node.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Node " + node.id() + ": " + ex.getMessage(), ex);
		}
	}

	static long number(PostgresNode node, String sql) {
		try (Connection connection = node.dataSource().getConnection();
				Statement statement = connection.createStatement();
				ResultSet resultSet = statement.executeQuery(sql)) {
			resultSet.next();
			return resultSet.getLong(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Node " + node.id() + ": " + ex.getMessage(), ex);
		}
	}

}
