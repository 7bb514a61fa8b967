package dev.scaling;

import java.sql.SQLTransientConnectionException;

import org.jspecify.annotations.Nullable;

/**
 * No node could be reached that may serve the work, or the one that did was lost. Nothing
 * has been committed: the work can be repeated as a whole. The message lists each node
 * with the reason why it was not used.
 *
 * @since 0.1.0
 */
public class NodeUnavailableException extends SQLTransientConnectionException {

	/**
	 * Creates an exception.
	 * @param message who, what, the numbers and the cure
	 * @param cause the failure of the last node that was tried, or {@code null}
	 */
	public NodeUnavailableException(String message, @Nullable Throwable cause) {
		super(message, "08001", cause);
	}

}
