package dev.scaling.routing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * Statement of a {@link LogicalConnection}: tells its connection when it runs and when it
 * is closed, and passes all else to the driver's statement.
 *
 * @param <S> the type of the driver's statement
 */
class LogicalStatement<S extends Statement> implements Statement {

	final LogicalConnection connection;

	S delegate;

	/**
	 * What runs, or ran last.
	 */
	private String sql;

	/**
	 * Waits for the number of rows of the open result.
	 */
	private @Nullable LongConsumer rows;

	@Nullable LogicalStatement<?> previous;

	@Nullable LogicalStatement<?> next;

	LogicalStatement(LogicalConnection connection, S delegate, String sql) {
		this.connection = connection;
		this.delegate = delegate;
		this.sql = sql;
	}

	final long begin(String sql) throws SQLException {
		this.sql = sql;
		this.connection.beforeExecution(sql);
		return begins();
	}

	/**
	 * Called before each execution.
	 * @return the time, if anybody wants to know it
	 */
	final long begin() throws SQLException {
		this.connection.beforeExecution();
		return begins();
	}

	private long begins() throws SQLException {
		if (this.connection.isWithoutTransaction() && this.delegate.getFetchSize() > 0) {
			// without a transaction, the driver would read all rows at once
			this.connection.beginLate();
		}
		this.connection.executionBegins();
		return now();
	}

	private long now() {
		return (this.connection.statementListener != null) ? System.nanoTime() : 0;
	}

	final boolean ended(long start, boolean result) throws SQLException {
		LongConsumer rows = executed(start);
		if (rows != null) {
			if (result) {
				this.rows = rows;
			}
			else {
				rows.accept(this.delegate.getUpdateCount());
			}
		}
		return result;
	}

	final ResultSet ended(long start, ResultSet result) {
		this.rows = executed(start);
		return result;
	}

	final int ended(long start, int count) {
		ended(start, (long) count);
		return count;
	}

	final long ended(long start, long count) {
		LongConsumer rows = executed(start);
		if (rows != null) {
			rows.accept(count);
		}
		return count;
	}

	final int[] ended(long start, int[] counts) {
		LongConsumer rows = executed(start);
		if (rows != null) {
			rows.accept(IntStream.of(counts).filter((count) -> count > 0).asLongStream().sum());
		}
		return counts;
	}

	final long[] ended(long start, long[] counts) {
		LongConsumer rows = executed(start);
		if (rows != null) {
			rows.accept(LongStream.of(counts).filter((count) -> count > 0).sum());
		}
		return counts;
	}

	private @Nullable LongConsumer executed(long start) {
		this.connection.executionEnded();
		StatementListener listener = this.connection.statementListener;
		if (listener == null) {
			return null;
		}
		rowsRead(-1);
		Node node = this.connection.currentNode();
		return (node != null) ? listener.executed(node, this.sql, System.nanoTime() - start, this.delegate) : null;
	}

	/**
	 * Handles an exception of an execution: executes the statement on the shard that its
	 * key has moved to, if nothing has happened before.
	 */
	final <T> T recover(long start, SQLException ex, Execution<S, T> execution) throws SQLException {
		if (!this.connection.mayFollowKey(ex, this)) {
			throw failed(start, ex);
		}
		this.connection.executionEnded();
		StatementSettings settings = StatementSettings.of(this.delegate);
		this.delegate.close();
		this.delegate = recreate(this.connection.followKey(ex), settings);
		settings.applyTo(this.delegate);
		try {
			this.connection.executionBegins();
			T result = execution.execute(this.delegate);
			LongConsumer rows = executed(start);
			if (rows != null) {
				rows.accept(-1);
			}
			return result;
		}
		catch (SQLException again) {
			throw failed(start, again);
		}
	}

	/**
	 * Whether the statement can be made on another physical connection.
	 */
	boolean isRepeatable() {
		return true;
	}

	@SuppressWarnings("unchecked")
	S recreate(Connection driver, StatementSettings settings) throws SQLException {
		return (S) driver.createStatement(settings.type(), settings.concurrency(), settings.holdability());
	}

	/**
	 * Handles an exception of an execution.
	 * @return the exception to throw
	 */
	final SQLException failed(long start, SQLException ex) {
		this.connection.executionEnded();
		StatementListener listener = this.connection.statementListener;
		Node node = this.connection.currentNode();
		if (listener != null && node != null) {
			listener.failed(node, this.sql, System.nanoTime() - start, this.delegate, ex);
		}
		return this.connection.failed(ex);
	}

	final void rowsRead(long number) {
		LongConsumer rows = this.rows;
		if (rows != null) {
			this.rows = null;
			rows.accept(number);
		}
	}

	final ResultSet resultSet(ResultSet resultSet) {
		return new LogicalResultSet(this, resultSet);
	}

	/**
	 * A value that the driver has returned: a cursor's result set belongs to this
	 * statement.
	 */
	@SuppressWarnings("unchecked")
	final <T extends @Nullable Object> T logical(T value) {
		return (value instanceof ResultSet resultSet) ? (T) resultSet(resultSet) : value;
	}

	final void resultSetClosed() throws SQLException {
		if (this.delegate.isClosed()) {
			this.connection.statementClosed(this);
		}
	}

	@Override
	public Connection getConnection() throws SQLException {
		if (isClosed()) {
			this.delegate.getConnection();
		}
		return this.connection;
	}

	@Override
	public void close() throws SQLException {
		rowsRead(-1);
		try {
			this.delegate.close();
		}
		finally {
			this.connection.statementClosed(this);
		}
	}

	@Override
	public boolean isClosed() throws SQLException {
		return this.delegate.isClosed();
	}

	@Override
	public void closeOnCompletion() throws SQLException {
		this.delegate.closeOnCompletion();
	}

	@Override
	public @Nullable ResultSet getResultSet() throws SQLException {
		ResultSet resultSet = this.delegate.getResultSet();
		return (resultSet != null) ? resultSet(resultSet) : null;
	}

	@Override
	public ResultSet getGeneratedKeys() throws SQLException {
		return resultSet(this.delegate.getGeneratedKeys());
	}

	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		return type.isInstance(this) ? type.cast(this)
				: type.isInstance(this.delegate) ? type.cast(this.delegate) : this.delegate.unwrap(type);
	}

	@Override
	public boolean isWrapperFor(Class<?> type) throws SQLException {
		return type.isInstance(this) || type.isInstance(this.delegate) || this.delegate.isWrapperFor(type);
	}

	@Override
	public void addBatch(String sql) throws SQLException {
		this.connection.beforeExecution(sql);
		this.delegate.addBatch(sql);
		this.sql = sql;
	}

	@Override
	public void cancel() throws SQLException {
		this.delegate.cancel();
	}

	@Override
	public void clearBatch() throws SQLException {
		this.delegate.clearBatch();
	}

	@Override
	public void clearWarnings() throws SQLException {
		this.delegate.clearWarnings();
	}

	@Override
	public String enquoteIdentifier(String sql, boolean value) throws SQLException {
		return this.delegate.enquoteIdentifier(sql, value);
	}

	@Override
	public String enquoteLiteral(String sql) throws SQLException {
		return this.delegate.enquoteLiteral(sql);
	}

	@Override
	public String enquoteNCharLiteral(String sql) throws SQLException {
		return this.delegate.enquoteNCharLiteral(sql);
	}

	@Override
	public boolean execute(String sql, int[] columnIndexes) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.execute(sql, columnIndexes));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.execute(sql, columnIndexes));
		}
	}

	@Override
	public boolean execute(String sql, String[] columnNames) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.execute(sql, columnNames));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.execute(sql, columnNames));
		}
	}

	@Override
	public boolean execute(String sql, int autoGeneratedKeys) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.execute(sql, autoGeneratedKeys));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.execute(sql, autoGeneratedKeys));
		}
	}

	@Override
	public boolean execute(String sql) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.execute(sql));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.execute(sql));
		}
	}

	@Override
	public int[] executeBatch() throws SQLException {
		long start = begin();
		try {
			return ended(start, this.delegate.executeBatch());
		}
		catch (SQLException ex) {
			throw failed(start, ex);
		}
	}

	@Override
	public long[] executeLargeBatch() throws SQLException {
		long start = begin();
		try {
			return ended(start, this.delegate.executeLargeBatch());
		}
		catch (SQLException ex) {
			throw failed(start, ex);
		}
	}

	@Override
	public long executeLargeUpdate(String sql, int[] columnIndexes) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.executeLargeUpdate(sql, columnIndexes));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.executeLargeUpdate(sql, columnIndexes));
		}
	}

	@Override
	public long executeLargeUpdate(String sql, String[] columnNames) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.executeLargeUpdate(sql, columnNames));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.executeLargeUpdate(sql, columnNames));
		}
	}

	@Override
	public long executeLargeUpdate(String sql, int autoGeneratedKeys) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.executeLargeUpdate(sql, autoGeneratedKeys));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.executeLargeUpdate(sql, autoGeneratedKeys));
		}
	}

	@Override
	public long executeLargeUpdate(String sql) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.executeLargeUpdate(sql));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.executeLargeUpdate(sql));
		}
	}

	@Override
	public ResultSet executeQuery(String sql) throws SQLException {
		long start = begin(sql);
		try {
			return resultSet(ended(start, this.delegate.executeQuery(sql)));
		}
		catch (SQLException ex) {
			return resultSet(recover(start, ex, (statement) -> statement.executeQuery(sql)));
		}
	}

	@Override
	public int executeUpdate(String sql, int[] columnIndexes) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.executeUpdate(sql, columnIndexes));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.executeUpdate(sql, columnIndexes));
		}
	}

	@Override
	public int executeUpdate(String sql, String[] columnNames) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.executeUpdate(sql, columnNames));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.executeUpdate(sql, columnNames));
		}
	}

	@Override
	public int executeUpdate(String sql, int autoGeneratedKeys) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.executeUpdate(sql, autoGeneratedKeys));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.executeUpdate(sql, autoGeneratedKeys));
		}
	}

	@Override
	public int executeUpdate(String sql) throws SQLException {
		long start = begin(sql);
		try {
			return ended(start, this.delegate.executeUpdate(sql));
		}
		catch (SQLException ex) {
			return recover(start, ex, (statement) -> statement.executeUpdate(sql));
		}
	}

	@Override
	public int getFetchDirection() throws SQLException {
		return this.delegate.getFetchDirection();
	}

	@Override
	public int getFetchSize() throws SQLException {
		return this.delegate.getFetchSize();
	}

	@Override
	public long getLargeMaxRows() throws SQLException {
		return this.delegate.getLargeMaxRows();
	}

	@Override
	public long getLargeUpdateCount() throws SQLException {
		return this.delegate.getLargeUpdateCount();
	}

	@Override
	public int getMaxFieldSize() throws SQLException {
		return this.delegate.getMaxFieldSize();
	}

	@Override
	public int getMaxRows() throws SQLException {
		return this.delegate.getMaxRows();
	}

	@Override
	public boolean getMoreResults() throws SQLException {
		return this.delegate.getMoreResults();
	}

	@Override
	public boolean getMoreResults(int value) throws SQLException {
		return this.delegate.getMoreResults(value);
	}

	@Override
	public int getQueryTimeout() throws SQLException {
		return this.delegate.getQueryTimeout();
	}

	@Override
	public int getResultSetConcurrency() throws SQLException {
		return this.delegate.getResultSetConcurrency();
	}

	@Override
	public int getResultSetHoldability() throws SQLException {
		return this.delegate.getResultSetHoldability();
	}

	@Override
	public int getResultSetType() throws SQLException {
		return this.delegate.getResultSetType();
	}

	@Override
	public int getUpdateCount() throws SQLException {
		return this.delegate.getUpdateCount();
	}

	@Override
	public @Nullable SQLWarning getWarnings() throws SQLException {
		return this.delegate.getWarnings();
	}

	@Override
	public boolean isCloseOnCompletion() throws SQLException {
		return this.delegate.isCloseOnCompletion();
	}

	@Override
	public boolean isPoolable() throws SQLException {
		return this.delegate.isPoolable();
	}

	@Override
	public boolean isSimpleIdentifier(String sql) throws SQLException {
		return this.delegate.isSimpleIdentifier(sql);
	}

	@Override
	public void setCursorName(String name) throws SQLException {
		this.delegate.setCursorName(name);
	}

	@Override
	public void setEscapeProcessing(boolean value) throws SQLException {
		this.delegate.setEscapeProcessing(value);
	}

	@Override
	public void setFetchDirection(int value) throws SQLException {
		this.delegate.setFetchDirection(value);
	}

	@Override
	public void setFetchSize(int value) throws SQLException {
		this.delegate.setFetchSize(value);
	}

	@Override
	public void setLargeMaxRows(long length) throws SQLException {
		this.delegate.setLargeMaxRows(length);
	}

	@Override
	public void setMaxFieldSize(int value) throws SQLException {
		this.delegate.setMaxFieldSize(value);
	}

	@Override
	public void setMaxRows(int value) throws SQLException {
		this.delegate.setMaxRows(value);
	}

	@Override
	public void setPoolable(boolean value) throws SQLException {
		this.delegate.setPoolable(value);
	}

	@Override
	public void setQueryTimeout(int value) throws SQLException {
		this.delegate.setQueryTimeout(value);
	}

	/**
	 * An execution of a statement.
	 *
	 * @param <S> the type of the statement
	 * @param <T> the type of the result
	 */
	@FunctionalInterface
	interface Execution<S extends Statement, T> {

		T execute(S statement) throws SQLException;

	}

}
