package dev.scaling.sharding;

import org.jspecify.annotations.Nullable;

/**
 * The schemas of the shards are not what the scripts say.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class ShardMigrationException extends RuntimeException {

	private final String description;

	private final String action;

	ShardMigrationException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * What is wrong.
	 * @return the status of each shard
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

}
