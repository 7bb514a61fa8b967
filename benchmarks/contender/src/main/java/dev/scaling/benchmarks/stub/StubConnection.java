package dev.scaling.benchmarks.stub;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Connection of the {@link StubDriver}: knows its state, and refuses what a real one
 * refuses.
 */
final class StubConnection extends UnsupportedConnection {

	private final String node;

	private boolean autoCommit = true;

	private boolean readOnly;

	private int isolation = TRANSACTION_READ_COMMITTED;

	private int networkTimeout;

	private boolean inTransaction;

	private boolean closed;

	StubConnection(String node) {
		this.node = node;
	}

	/**
	 * Begins a transaction unless the connection is in auto-commit mode.
	 * @return the one value that every query returns
	 */
	String execute() {
		this.inTransaction = !this.autoCommit;
		return this.node;
	}

	@Override
	public Statement createStatement() {
		return new StubStatement(this, new StubServer(this.node));
	}

	@Override
	public PreparedStatement prepareStatement(String sql) throws SQLException {
		if (this.closed) {
			throw new SQLException("This connection has been closed.", "08003");
		}
		return new StubPreparedStatement(this);
	}

	@Override
	public void commit() throws SQLException {
		endTransaction();
	}

	@Override
	public void rollback() throws SQLException {
		endTransaction();
	}

	private void endTransaction() throws SQLException {
		if (this.autoCommit) {
			throw new SQLException("Cannot commit or roll back in auto-commit mode.", "25P01");
		}
		this.inTransaction = false;
	}

	@Override
	public boolean getAutoCommit() {
		return this.autoCommit;
	}

	@Override
	public void setAutoCommit(boolean autoCommit) {
		this.autoCommit = autoCommit;
		this.inTransaction = false;
	}

	@Override
	public boolean isReadOnly() {
		return this.readOnly;
	}

	@Override
	public void setReadOnly(boolean readOnly) throws SQLException {
		checkOutsideTransaction();
		this.readOnly = readOnly;
	}

	@Override
	public int getTransactionIsolation() {
		return this.isolation;
	}

	@Override
	public void setTransactionIsolation(int level) throws SQLException {
		checkOutsideTransaction();
		this.isolation = level;
	}

	private void checkOutsideTransaction() throws SQLException {
		if (this.inTransaction) {
			throw new SQLException("Cannot change a property of the transaction in the middle of it.", "25001");
		}
	}

	@Override
	public int getNetworkTimeout() {
		return this.networkTimeout;
	}

	@Override
	public void setNetworkTimeout(Executor executor, int milliseconds) {
		this.networkTimeout = milliseconds;
	}

	@Override
	public @Nullable String getClientInfo(String name) {
		return null;
	}

	@Override
	public @Nullable SQLWarning getWarnings() {
		return null;
	}

	@Override
	public void clearWarnings() {
	}

	@Override
	public boolean isValid(int timeout) {
		return !this.closed;
	}

	@Override
	public boolean isClosed() {
		return this.closed;
	}

	@Override
	public void close() {
		this.closed = true;
	}

	@Override
	public void abort(Executor executor) {
		this.closed = true;
	}

	@Override
	public boolean isWrapperFor(Class<?> type) {
		return type.isInstance(this);
	}

	@Override
	public <T> T unwrap(Class<T> type) {
		return type.cast(this);
	}

}
