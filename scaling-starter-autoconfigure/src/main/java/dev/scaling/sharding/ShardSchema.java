package dev.scaling.sharding;

import java.util.List;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * Brings the schema of a keyspace up to date. It is asked by several threads at the same
 * time, each for another shard.
 *
 * @since 0.1.0
 */
public interface ShardSchema {

	/**
	 * Executes on a shard the scripts that have not been executed there yet.
	 * @param primary the pool of the shard's primary
	 * @return what the shard has then
	 * @throws RuntimeException if a script fails, or the primary cannot be reached, or
	 * has something that the scripts do not say
	 */
	Content migrate(DataSource primary);

	/**
	 * Looks at what a shard has, and changes nothing.
	 * @param primary the pool of the shard's primary
	 * @return what the shard has
	 * @throws RuntimeException if the primary cannot be reached
	 */
	Content read(DataSource primary);

	/**
	 * What a shard has.
	 *
	 * @param version the version of the last script with a version, or {@code null} if
	 * there is none
	 * @param executed the number of scripts that were executed just now
	 * @param pending the number of scripts that are still to be executed
	 * @param scripts the scripts that have been executed, or should have been
	 */
	record Content(@Nullable String version, int executed, int pending, List<Script> scripts) {

		/**
		 * Creates a content.
		 */
		public Content {
			scripts = List.copyOf(scripts);
		}

		/**
		 * Whether the shard has something that its scripts do not say.
		 * @return {@code true} if a script says so
		 */
		public boolean isDrifted() {
			return this.scripts.stream().anyMatch(Script::isDrifted);
		}

	}

	/**
	 * A script in the history of a shard.
	 *
	 * @param name the version and the description
	 * @param state what the history says of it
	 * @param checksum the checksum in the history, or {@code null} if it has none
	 * @param expected the checksum of the script of this application, or {@code null} if
	 * it has none
	 */
	record Script(String name, State state, @Nullable Integer checksum, @Nullable Integer expected) {

		boolean isDrifted() {
			return this.state == State.CHANGED || this.state == State.UNKNOWN || this.state == State.SKIPPED;
		}

		/**
		 * What the history of a shard says of a script.
		 */
		public enum State {

			/**
			 * It was executed as it is now.
			 */
			EXECUTED,

			/**
			 * It was executed with another content.
			 */
			CHANGED,

			/**
			 * It was executed, and is not among the scripts of this application.
			 */
			UNKNOWN,

			/**
			 * It was executed, and is not among the scripts of this application, which
			 * does not mind.
			 */
			TOLERATED,

			/**
			 * It was not executed, and will not be, because a later one was.
			 */
			SKIPPED

		}

	}

}
