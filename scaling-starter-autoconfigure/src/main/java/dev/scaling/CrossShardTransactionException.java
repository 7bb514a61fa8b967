package dev.scaling;

import org.springframework.dao.InvalidDataAccessApiUsageException;

/**
 * A transaction, or a persistence context, that works on one shard was asked for another
 * one. The message names both and the cures. The transaction has not been committed.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class CrossShardTransactionException extends InvalidDataAccessApiUsageException {

	/**
	 * Creates an exception.
	 * @param message both keys, shards and methods, and the cures
	 */
	public CrossShardTransactionException(String message) {
		super(message);
	}

}
