package dev.scaling.sharding;

import org.jspecify.annotations.Nullable;

/**
 * The shards are not what the configuration takes them for.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class ShardWiringException extends RuntimeException {

	private final String description;

	private final String action;

	ShardWiringException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
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

}
