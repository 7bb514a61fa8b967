package dev.scaling.routing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Commits a transaction and reads the position that its node has reached in the same
 * message to the server, which costs a fraction of a round trip of its own. The
 * statements are prepared, because the server would plan them for each commit otherwise.
 */
final class CommitPosition {

	private static final String INSERT_POSITION = "COMMIT; SELECT pg_current_wal_insert_lsn()";

	private static final String REPLAY_POSITION = "SELECT pg_last_wal_replay_lsn()";

	private static final String COMMIT_AND_REPLAY_POSITION = "COMMIT; " + REPLAY_POSITION;

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
		try (PreparedStatement statement = driver.prepareStatement(REPLAY_POSITION);
				ResultSet resultSet = statement.executeQuery()) {
			reached = position(resultSet) >= position;
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
		try (PreparedStatement statement = driver
			.prepareStatement(primary ? INSERT_POSITION : COMMIT_AND_REPLAY_POSITION)) {
			statement.execute();
			if (statement.getMoreResults()) {
				try (ResultSet resultSet = statement.getResultSet()) {
					return position(resultSet);
				}
			}
			return -1;
		}
	}

	private static long position(ResultSet resultSet) throws SQLException {
		String position = resultSet.next() ? resultSet.getString(1) : null;
		return (position != null) ? LogSequenceNumber.valueOf(position).asLong() : -1;
	}

}
