package dev.scaling;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.TransientDataAccessException;

/**
 * A shard has refused to write rows of a key that it no longer owns, or that is just
 * leaving it. Nothing of the transaction has been committed, and what this instance
 * remembered of the key has been forgotten: repeat the transaction as a whole, and it
 * goes to the key's shard. While the key is being moved it is refused again; that takes
 * as long as its rows take to be copied.
 * <p>
 * The first statement of a connection need not be repeated: it goes to the key's shard by
 * itself.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class ShardMovedException extends TransientDataAccessException {

	/**
	 * SQLSTATE of the shard's refusal.
	 */
	public static final String SQL_STATE = "SC003";

	private final @Nullable String keyspace;

	private final @Nullable String key;

	private final @Nullable String shard;

	/**
	 * Creates an exception.
	 * @param message who, what and the cure
	 * @param keyspace the keyspace, or {@code null} if it is not known
	 * @param key the text of the key, or {@code null} if it is not known
	 * @param shard the shard to which the key moves, or {@code null} if it is not known
	 * @param cause what the server says, or {@code null} if it was not asked
	 */
	public ShardMovedException(String message, @Nullable String keyspace, @Nullable String key, @Nullable String shard,
			@Nullable Throwable cause) {
		super(message, cause);
		this.keyspace = keyspace;
		this.key = key;
		this.shard = shard;
	}

	/**
	 * The keyspace of the key.
	 * @return the name, or {@code null} if it is not known
	 */
	public @Nullable String keyspace() {
		return this.keyspace;
	}

	/**
	 * The key that has moved.
	 * @return the text of the key, or {@code null} if it is not known
	 */
	public @Nullable String key() {
		return this.key;
	}

	/**
	 * Where the key moves.
	 * @return the name of the shard, or {@code null} if it is not known
	 */
	public @Nullable String shard() {
		return this.shard;
	}

}
