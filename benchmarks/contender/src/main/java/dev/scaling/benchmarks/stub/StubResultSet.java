package dev.scaling.benchmarks.stub;

import java.sql.SQLException;
import java.sql.Statement;

/**
 * Result of a {@link StubPreparedStatement}: one row with one column.
 */
final class StubResultSet extends UnsupportedResultSet {

	private final StubPreparedStatement statement;

	private final String value;

	private int row;

	private boolean closed;

	StubResultSet(StubPreparedStatement statement, String value) {
		this.statement = statement;
		this.value = value;
	}

	@Override
	public boolean next() {
		this.row++;
		return this.row == 1;
	}

	@Override
	public String getString(int index) throws SQLException {
		if (this.row != 1 || this.closed) {
			throw new SQLException("ResultSet not positioned properly.", "24000");
		}
		return this.value;
	}

	@Override
	public boolean wasNull() {
		return false;
	}

	@Override
	public Statement getStatement() {
		return this.statement;
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
