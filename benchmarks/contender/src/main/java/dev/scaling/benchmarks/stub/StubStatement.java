package dev.scaling.benchmarks.stub;

import java.sql.Connection;
import java.sql.ResultSet;

/**
 * Statement of a {@link StubConnection} that asks the server about itself, as pools and
 * monitors do.
 */
final class StubStatement extends UnsupportedPreparedStatement {

	private final StubConnection connection;

	private final StubServer server;

	private boolean closed;

	StubStatement(StubConnection connection, StubServer server) {
		this.connection = connection;
		this.server = server;
	}

	@Override
	public ResultSet executeQuery(String sql) {
		return new StubServerResultSet(
				sql.contains("pg_is_in_recovery") ? this.server.state() : this.server.identity());
	}

	@Override
	public Connection getConnection() {
		return this.connection;
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
