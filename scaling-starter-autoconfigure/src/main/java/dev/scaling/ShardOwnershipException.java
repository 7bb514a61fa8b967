package dev.scaling;

import java.sql.SQLNonTransientException;

import org.jspecify.annotations.Nullable;

/**
 * A shard has refused a new connection, because it is not what this instance takes it
 * for. Nothing has been executed. The shard works, and other instances may use it: to try
 * again does not help, until what the message says has been done.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class ShardOwnershipException extends SQLNonTransientException {

	/**
	 * SQLSTATE of a shard that is wired differently: another name, position, list of
	 * shards or mapping.
	 */
	public static final String WIRING = "SC001";

	/**
	 * SQLSTATE of a shard whose keyspace has another epoch: this instance has been
	 * started with an outdated list of shards, or one that is not published yet.
	 */
	public static final String EPOCH = "SC002";

	private final String description;

	private final String action;

	/**
	 * Creates an exception.
	 * @param description what the shard says, and what this instance says
	 * @param action the cure
	 * @param state {@link #WIRING} or {@link #EPOCH}
	 * @param cause what the server or the pool has said, or {@code null}
	 */
	public ShardOwnershipException(String description, String action, String state, @Nullable Throwable cause) {
		super(description + " " + action, state, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * What is wrong.
	 * @return the property, what it says, and what the shard says
	 */
	public String description() {
		return this.description;
	}

	/**
	 * What to do.
	 * @return the cure
	 */
	public String action() {
		return this.action;
	}

	/**
	 * Finds the refusal behind the failure of a pool.
	 * @param failure what the pool has thrown
	 * @return an exception of the calling thread, or {@code null} if there is another
	 * reason
	 */
	public static @Nullable ShardOwnershipException of(Throwable failure) {
		Throwable candidate = failure;
		for (int depth = 0; candidate != null && depth < 10; depth++) {
			if (candidate instanceof ShardOwnershipException refusal) {
				return new ShardOwnershipException(refusal.description, refusal.action, refusal.getSQLState(), failure);
			}
			candidate = candidate.getCause();
		}
		return null;
	}

}
