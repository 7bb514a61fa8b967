package dev.scaling.sharding;

import org.jspecify.annotations.Nullable;

/**
 * How far the schema of a keyspace is on a shard.
 *
 * @param keyspace the name of the keyspace
 * @param shard the name of the shard
 * @param state the state
 * @param version the version of the last script, or {@code null} if there is none, or
 * nobody knows yet
 * @param pending the number of scripts that are still to be executed, or -1 if nobody
 * knows
 * @param error what went wrong, or {@code null} if nothing did
 * @since 0.1.0
 */
public record ShardMigrationStatus(String keyspace, String shard, State state, @Nullable String version, int pending,
		@Nullable String error) {

	@Override
	public String toString() {
		String what = switch (this.state) {
			case WAITING -> "has not been looked at";
			case MIGRATING -> "is being migrated";
			case UP_TO_DATE -> "is up to date at version " + this.version;
			case MIGRATED -> "was migrated to version " + this.version;
			case DRIFTED -> "has drifted at version " + this.version;
			case FAILED -> "has failed";
			case UNREACHABLE -> "cannot be reached";
		};
		return this.keyspace + " on " + this.shard + " " + what + ((this.error != null) ? ": " + this.error : "");
	}

	/**
	 * How far a shard is.
	 */
	public enum State {

		/**
		 * Nobody has looked at the shard yet.
		 */
		WAITING,

		/**
		 * Scripts are executed now.
		 */
		MIGRATING,

		/**
		 * There was nothing to execute.
		 */
		UP_TO_DATE,

		/**
		 * Scripts have been executed since the start.
		 */
		MIGRATED,

		/**
		 * The shard has something that the scripts, or other shards, have not.
		 */
		DRIFTED,

		/**
		 * A script failed, or the shard refused it.
		 */
		FAILED,

		/**
		 * The primary of the shard could not be reached.
		 */
		UNREACHABLE

	}

}
