package dev.scaling.routing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Commits a transaction and reads the position that its node has reached in the same
 * message to the server, which costs a fraction of a round trip of its own.
 */
final class CommitPosition {

	/**
	 * The position of a primary as a number of bytes.
	 */
	private static final String INSERT_POSITION = "SELECT pg_current_wal_insert_lsn() - '0/0'";

	private static final String REPLAY_POSITION = "SELECT pg_last_wal_replay_lsn() - '0/0'";

	private CommitPosition() {
	}

	/**
	 * Whether the transaction of a driver's connection can be committed so. One that has
	 * failed cannot: only the driver's own commit tells that it was rolled back.
	 */
	static boolean isReadable(Connection driver) throws SQLException {
		return driver.isWrapperFor(BaseConnection.class)
				&& driver.unwrap(BaseConnection.class).getTransactionState() == TransactionState.OPEN;
	}

	/**
	 * Whether a replica has replayed up to the given position.
	 */
	static boolean isReached(Connection pooled, long position) throws SQLException {
		Connection driver = NodePool.driverConnection(pooled);
		boolean reached;
		try (Statement statement = driver.createStatement();
				ResultSet resultSet = statement.executeQuery(REPLAY_POSITION)) {
			reached = resultSet.next() && resultSet.getLong(1) >= position;
		}
		if (!driver.getAutoCommit()) {
			driver.rollback();
		}
		return reached;
	}

	/**
	 * Commits.
	 * @return the position after the commit, -1 if the server did not tell
	 */
	static long commit(Connection driver, boolean primary) throws SQLException {
		try (Statement statement = driver.createStatement()) {
			statement.execute("COMMIT; " + (primary ? INSERT_POSITION : REPLAY_POSITION));
			if (statement.getMoreResults()) {
				try (ResultSet resultSet = statement.getResultSet()) {
					if (resultSet.next()) {
						long position = resultSet.getLong(1);
						return resultSet.wasNull() ? -1 : position;
					}
				}
			}
			return -1;
		}
	}

}
