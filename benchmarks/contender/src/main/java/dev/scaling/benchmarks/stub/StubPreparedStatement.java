package dev.scaling.benchmarks.stub;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;

import org.jspecify.annotations.Nullable;

/**
 * Statement of a {@link StubConnection}.
 */
final class StubPreparedStatement extends UnsupportedPreparedStatement {

	private final StubConnection connection;

	private @Nullable Object parameter;

	private boolean closed;

	StubPreparedStatement(StubConnection connection) {
		this.connection = connection;
	}

	@Override
	public ResultSet executeQuery() throws SQLException {
		if (this.closed || this.parameter == null) {
			throw new SQLException("No value specified for parameter 1.", "22023");
		}
		return new StubResultSet(this, this.connection.execute());
	}

	@Override
	public void setObject(int index, Object value) {
		this.parameter = value;
	}

	@Override
	public Connection getConnection() {
		return this.connection;
	}

	@Override
	public @Nullable SQLWarning getWarnings() {
		return null;
	}

	@Override
	public boolean isClosed() {
		return this.closed;
	}

	@Override
	public void close() {
		this.closed = true;
	}

}
