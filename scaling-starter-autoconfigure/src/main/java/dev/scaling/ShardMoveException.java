package dev.scaling;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.NonTransientDataAccessException;

/**
 * A key could not be moved. No row is lost.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class ShardMoveException extends NonTransientDataAccessException {

	private final boolean undone;

	/**
	 * Creates an exception.
	 * @param message what failed, in which state everything is, and the cure
	 * @param undone whether everything is as it was before
	 * @param cause the failure, or {@code null}
	 */
	public ShardMoveException(String message, boolean undone, @Nullable Throwable cause) {
		super(message, cause);
		this.undone = undone;
	}

	/**
	 * Whether everything is as it was before.
	 * @return {@code true} if the old shard owns the key and takes its writes;
	 * {@code false} if {@link ShardDirectory#resume()} has to finish or undo the move
	 */
	public boolean isUndone() {
		return this.undone;
	}

}
