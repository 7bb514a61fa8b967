package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for connections against a model: whatever sequence of calls, a logical connection
 * answers as a connection of a plain pool does, and nothing stays behind.
 */
class ConnectionModelTests extends AbstractConnectionTests {

	private static final int SEQUENCES = 40;

	private static final int CALLS = 40;

	private HikariDataSource plain;

	@BeforeEach
	void startPlainPool() throws SQLException {
		this.plain = new HikariDataSource();
		this.plain.setJdbcUrl(this.cluster.primary().jdbcUrl());
		this.plain.setUsername(this.cluster.primary().username());
		this.plain.setMaximumPoolSize(1);
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			Jdbc.execute(connection,
					"CREATE SCHEMA IF NOT EXISTS plain; CREATE SCHEMA IF NOT EXISTS routed;"
							+ "CREATE TABLE IF NOT EXISTS plain.entry (id serial PRIMARY KEY, name text UNIQUE);"
							+ "CREATE TABLE IF NOT EXISTS routed.entry (id serial PRIMARY KEY, name text UNIQUE)");
		}
		this.cluster.awaitReplication();
	}

	@AfterEach
	void closePlainPool() {
		this.plain.close();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 20, 300, 4000 })
	void logicalConnectionBehavesLikeThatOfAPlainPool(long seed) throws SQLException {
		for (int i = 0; i < SEQUENCES; i++) {
			long sequence = seed + i;
			assertThat(run(this.dataSource, "routed", sequence)).as("sequence " + sequence)
				.isEqualTo(run(this.plain, "plain", sequence));
			this.pools.assertDrained();
		}
	}

	/**
	 * What each call of a sequence has answered, and what it has left in the table.
	 */
	private List<String> run(DataSource dataSource, String schema, long seed) throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			Jdbc.execute(connection, "TRUNCATE " + schema + ".entry RESTART IDENTITY");
		}
		List<String> answers = new ArrayList<>();
		Random random = new Random(seed);
		for (int session = 0; session < 2; session++) {
			try (Connection connection = dataSource.getConnection()) {
				new Session(connection, schema, random).run(answers);
			}
		}
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			answers.add(Jdbc.query(connection, "SELECT string_agg(name, ',' ORDER BY id) FROM " + schema + ".entry"));
		}
		return answers;
	}

	/**
	 * A call on a connection that answers something.
	 */
	@FunctionalInterface
	private interface Call {

		Object run() throws SQLException;

	}

	/**
	 * A random sequence of calls on one connection.
	 */
	private static final class Session {

		private final Connection connection;

		private final String table;

		private final Random random;

		private final Deque<Statement> open = new ArrayDeque<>();

		private final Deque<Savepoint> savepoints = new ArrayDeque<>();

		Session(Connection connection, String schema, Random random) {
			this.connection = connection;
			this.table = schema + ".entry";
			this.random = random;
		}

		void run(List<String> answers) {
			for (int i = 0; i < CALLS; i++) {
				int kind = this.random.nextInt(20);
				String name = "name-" + this.random.nextInt(12);
				answers.add(kind + " " + answer(call(kind, name)));
			}
		}

		private static String answer(Call call) {
			try {
				return String.valueOf(call.run());
			}
			catch (SQLException ex) {
				return "SQLSTATE " + ex.getSQLState();
			}
		}

		private Call call(int kind, String name) {
			return switch (kind) {
				case 0, 1, 2 -> () -> update("INSERT INTO " + this.table + " (name) VALUES (?)", name);
				case 3 -> () -> update("DELETE FROM " + this.table + " WHERE name = ?", name);
				case 4 ->
					() -> Jdbc.query(this.connection, "SELECT string_agg(name, ',' ORDER BY name) FROM " + this.table);
				case 5 -> () -> Jdbc.query(this.connection, "SELECT nothing");
				case 6, 7 -> () -> run(this.connection::commit);
				case 8 -> () -> run(this.connection::rollback);
				case 9, 10 -> () -> run(() -> this.connection.setAutoCommit(!this.connection.getAutoCommit()));
				case 11 -> () -> prepare(name);
				case 12 -> this::executeAgain;
				case 13 -> this::closeOne;
				case 14 -> () -> run(() -> this.savepoints.push(this.connection.setSavepoint()));
				case 15 -> () -> this.savepoints.isEmpty() ? "none"
						: run(() -> this.connection.rollback(this.savepoints.pop()));
				case 16 -> () -> run(() -> Jdbc.execute(this.connection, "SET app.tenant = '" + name + "'"));
				case 17 -> () -> run(() -> Jdbc.execute(this.connection, "SET LOCAL app.tenant = '" + name + "'"));
				case 18 -> () -> this.connection.getAutoCommit() + " " + this.connection.isReadOnly() + " "
						+ this.connection.isClosed() + " " + this.connection.getMetaData().getDatabaseProductName();
				default -> () -> batch(name);
			};
		}

		private Object update(String sql, String name) throws SQLException {
			try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
				statement.setString(1, name);
				return statement.executeUpdate();
			}
		}

		private Object prepare(String name) throws SQLException {
			PreparedStatement statement = this.connection
				.prepareStatement("INSERT INTO " + this.table + " (name) VALUES (? || '-' || ?) RETURNING name");
			this.open.push(statement);
			statement.setString(1, name);
			statement.setInt(2, this.random.nextInt(100));
			return "prepared";
		}

		private Object executeAgain() throws SQLException {
			if (!(this.open.peek() instanceof PreparedStatement statement)) {
				return "none";
			}
			try (ResultSet result = statement.executeQuery()) {
				return result.next() ? result.getString(1) : "nothing";
			}
		}

		private Object closeOne() throws SQLException {
			if (this.open.isEmpty()) {
				return "none";
			}
			this.open.pop().close();
			return "closed";
		}

		private Object batch(String name) throws SQLException {
			try (Statement statement = this.connection.createStatement()) {
				statement.addBatch("INSERT INTO " + this.table + " (name) VALUES ('" + name + "-a')");
				statement.addBatch("INSERT INTO " + this.table + " (name) VALUES ('" + name + "-b')");
				return statement.executeBatch().length;
			}
		}

		private static Object run(Action action) throws SQLException {
			action.run();
			return "done";
		}

	}

	/**
	 * A call on a connection that answers nothing.
	 */
	@FunctionalInterface
	private interface Action {

		void run() throws SQLException;

	}

}
