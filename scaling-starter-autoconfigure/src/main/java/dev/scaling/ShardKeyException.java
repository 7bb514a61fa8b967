package dev.scaling;

import org.springframework.dao.InvalidDataAccessApiUsageException;

/**
 * Work has no shard key, or one that is {@code null}, of the wrong type, or owned by no
 * shard. The message names the method and the parameter. Nothing has been executed.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class ShardKeyException extends InvalidDataAccessApiUsageException {

	/**
	 * Creates an exception.
	 * @param message who, what, and the cure
	 */
	public ShardKeyException(String message) {
		super(message);
	}

	/**
	 * Creates an exception.
	 * @param message who, what, and the cure
	 * @param cause why the key was refused
	 */
	public ShardKeyException(String message, Throwable cause) {
		super(message, cause);
	}

}
