package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.scaling.sharding.MoveState.Step;

/**
 * The moves of a keyspace that have begun, beside its directory. Each step is taken only
 * by who has the latest attempt. Thread-safe.
 */
final class MoveTable {

	/**
	 * Microseconds, so that attempts grow even if the directory is restored from a
	 * backup.
	 */
	private static final String NEXT_ATTEMPT = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

	private final DirectoryTable directory;

	MoveTable(DirectoryTable directory) {
		this.directory = directory;
	}

	/**
	 * Excludes all other movers of a key until the end of the connection's transaction.
	 */
	boolean lock(Connection connection, String key) throws SQLException {
		connection.setAutoCommit(false);
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))")) {
			statement.setString(1, "scaling_move " + this.directory.keyspace() + " " + key);
			try (ResultSet resultSet = statement.executeQuery()) {
				return resultSet.next() && resultSet.getBoolean(1);
			}
		}
	}

	/**
	 * Begins a move.
	 * @return the move, or empty if another one of the key has begun
	 */
	Optional<MoveState> begin(String key, String source, String target) {
		return this.directory.transact("plan a move", (same) -> {
			try (PreparedStatement statement = same
				.prepareStatement("INSERT INTO scaling_move VALUES (?, ?, ?, ?, 'planned', " + NEXT_ATTEMPT
						+ ") ON CONFLICT DO NOTHING RETURNING attempt")) {
				statement.setString(1, this.directory.keyspace());
				statement.setString(2, key);
				statement.setString(3, source);
				statement.setString(4, target);
				try (ResultSet resultSet = statement.executeQuery()) {
					return resultSet.next()
							? Optional.of(new MoveState(key, source, target, Step.PLANNED, resultSet.getLong(1)))
							: Optional.empty();
				}
			}
		});
	}

	List<MoveState> all() {
		return this.directory.transact("list moves", (connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(
					"SELECT key, source, target, state, attempt FROM scaling_move WHERE keyspace = ? ORDER BY started")) {
				statement.setString(1, this.directory.keyspace());
				List<MoveState> moves = new ArrayList<>();
				try (ResultSet resultSet = statement.executeQuery()) {
					while (resultSet.next()) {
						moves.add(state(resultSet));
					}
				}
				return moves;
			}
		});
	}

	private static MoveState state(ResultSet resultSet) throws SQLException {
		return new MoveState(resultSet.getString(1), resultSet.getString(2), resultSet.getString(3),
				Step.valueOf(resultSet.getString(4).toUpperCase(Locale.ROOT)), resultSet.getLong(5));
	}

	/**
	 * Takes a move over from whoever began it.
	 * @return the move, or empty if it has ended
	 */
	Optional<MoveState> takeOver(String key) {
		return this.directory.transact("take a move over", (same) -> {
			try (PreparedStatement statement = same
				.prepareStatement("UPDATE scaling_move SET attempt = greatest(attempt + 1, " + NEXT_ATTEMPT
						+ ") WHERE keyspace = ? AND key = ? RETURNING key, source, target, state, attempt")) {
				statement.setString(1, this.directory.keyspace());
				statement.setString(2, key);
				try (ResultSet resultSet = statement.executeQuery()) {
					return resultSet.next() ? Optional.of(state(resultSet)) : Optional.empty();
				}
			}
		});
	}

	/**
	 * Takes a step.
	 */
	MoveState advance(MoveState move, Step step) {
		return this.directory.transact("note a step of a move", (same) -> {
			update(same, move, step);
			return move.at(step);
		});
	}

	/**
	 * Changes the owner of the key, and takes that step, at once.
	 */
	MoveState publish(MoveState move) {
		return this.directory.transact("publish a move", (same) -> {
			update(same, move, Step.PUBLISHED);
			this.directory.publish(same, move);
			return move.at(Step.PUBLISHED);
		});
	}

	/**
	 * Makes sure that a move is not further than its mover knows, before it is undone:
	 * the answer to a step may have been lost.
	 */
	void revert(MoveState move) {
		this.directory.transact("undo a move", (same) -> {
			try (PreparedStatement statement = same.prepareStatement("UPDATE scaling_move SET state = ?"
					+ " WHERE keyspace = ? AND key = ? AND attempt = ? AND state <> 'published'")) {
				statement.setString(1, move.step().column());
				statement.setString(2, this.directory.keyspace());
				statement.setString(3, move.key());
				statement.setLong(4, move.attempt());
				if (statement.executeUpdate() != 1) {
					throw superseded(move);
				}
				return true;
			}
		});
	}

	private void update(Connection connection, MoveState move, Step step) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(
				"UPDATE scaling_move SET state = ? WHERE keyspace = ? AND key = ? AND attempt = ? AND state = ?")) {
			statement.setString(1, step.column());
			statement.setString(2, this.directory.keyspace());
			statement.setString(3, move.key());
			statement.setLong(4, move.attempt());
			statement.setString(5, move.step().column());
			if (statement.executeUpdate() != 1) {
				throw superseded(move);
			}
		}
	}

	/**
	 * Ends a move, whatever has become of it.
	 */
	void end(MoveState move) {
		this.directory.transact("end a move", (same) -> {
			try (PreparedStatement statement = same
				.prepareStatement("DELETE FROM scaling_move WHERE keyspace = ? AND key = ? AND attempt = ?")) {
				statement.setString(1, this.directory.keyspace());
				statement.setString(2, move.key());
				statement.setLong(3, move.attempt());
				if (statement.executeUpdate() != 1) {
					throw superseded(move);
				}
				return true;
			}
		});
	}

	private static SQLException superseded(MoveState move) {
		return new SQLException("Another instance has taken over the move of key '" + move.key() + "'");
	}

}
