package dev.scaling.insight.statistics;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A read-only transaction whose queries have a limited time together. What it sets ends
 * with it, so that it may go through a pooler in transaction mode. A query that fails
 * leaves the others alone. Used by one thread.
 */
final class BoundedTransaction implements AutoCloseable {

	/**
	 * Marks the statements, in their midst because pg_stat_statements shortens the rest.
	 */
	static final String MARK = "/* scaling-statistics */";

	private static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

	private static final String QUERY_CANCELED = "57014";

	private final Connection connection;

	private final Duration timeout;

	private final long deadline;

	private final Statement statement;

	private boolean savepoint;

	BoundedTransaction(Connection connection, Duration timeout) throws SQLException {
		this.connection = connection;
		this.timeout = timeout;
		this.deadline = System.nanoTime() + timeout.toNanos();
		connection.setAutoCommit(false);
		this.statement = connection.createStatement();
		this.statement
			.execute("SET TRANSACTION READ ONLY; SET LOCAL lock_timeout = " + LOCK_TIMEOUT.toMillis() + "; " + limit());
	}

	/**
	 * Executes a query. If it fails, the transaction goes on.
	 * @param sql the query, in which {@code SELECT *} stands for the marked one
	 * @param reader reads the result, whose cursor is before the first row
	 * @return what the reader returns
	 * @throws SQLException if the query failed
	 */
	<T> T query(String sql, Reader<T> reader) throws SQLException {
		this.statement.execute((this.savepoint ? "RELEASE SAVEPOINT part; " : "") + "SAVEPOINT part; " + limit());
		this.savepoint = true;
		try (ResultSet resultSet = this.statement.executeQuery(marked(sql))) {
			return reader.read(resultSet);
		}
		catch (SQLException ex) {
			if (!this.connection.isClosed()) {
				try {
					this.statement.execute("ROLLBACK TO SAVEPOINT part");
				}
				catch (SQLException rollbackException) {
					ex.addSuppressed(rollbackException);
				}
			}
			throw ex;
		}
	}

	private static String marked(String sql) {
		int select = sql.indexOf("SELECT ") + "SELECT ".length();
		return sql.substring(0, select) + MARK + " " + sql.substring(select);
	}

	private String limit() throws SQLException {
		long milliseconds = (this.deadline - System.nanoTime()) / 1_000_000;
		if (milliseconds <= 0) {
			throw new SQLException("The statistics took longer than " + this.timeout.toMillis() + " ms",
					QUERY_CANCELED);
		}
		return "SET LOCAL statement_timeout = " + milliseconds;
	}

	/**
	 * Ends the transaction.
	 */
	@Override
	public void close() throws SQLException {
		if (!this.connection.isClosed()) {
			this.statement.close();
			this.connection.rollback();
		}
	}

	/**
	 * Reads a result.
	 *
	 * @param <T> what it makes of it
	 */
	interface Reader<T> {

		T read(ResultSet resultSet) throws SQLException;

	}

}
