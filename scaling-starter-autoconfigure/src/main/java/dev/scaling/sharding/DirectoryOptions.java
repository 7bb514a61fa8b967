package dev.scaling.sharding;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How a directory is asked.
 *
 * @param unknownKeys what happens to keys that the directory does not know
 * @param cacheSize how many keys are remembered at most, 1 or more
 * @param propagation how changes by other instances become known
 * @param pollInterval how often the directory is asked for changes; for
 * {@link Propagation#NOTIFY} half of {@code maxAge} takes its place
 * @param maxAge after how long without an answer the directory counts as silent
 * @param askWhenSilent whether what is remembered counts for nothing while the directory
 * is silent: then work with a key fails if the directory does not answer. Otherwise it
 * goes on with what is remembered
 * @param timeout how long a look-up may wait for a connection to the directory
 * @since 0.1.0
 */
public record DirectoryOptions(UnknownKeys unknownKeys, int cacheSize, Propagation propagation, Duration pollInterval,
		Duration maxAge, boolean askWhenSilent, Duration timeout) {

	/**
	 * Creates options.
	 * @throws IllegalArgumentException if one of them is out of its range
	 */
	public DirectoryOptions {
		Assert.isTrue(cacheSize > 0, "'cacheSize' must be 1 or more");
		Assert.isTrue(pollInterval.toMillis() > 0, "'pollInterval' must be 1 ms or more");
		Assert.isTrue(maxAge.compareTo(pollInterval) > 0, "'maxAge' must be longer than 'pollInterval'");
		Assert.isTrue(timeout.toMillis() > 0, "'timeout' must be 1 ms or more");
	}

	/**
	 * The defaults: unknown keys fail, 100,000 keys are remembered, changes are known at
	 * once where notifications come through, and after 500 ms elsewhere.
	 * @return the options
	 */
	public static DirectoryOptions defaults() {
		return new DirectoryOptions(UnknownKeys.FAIL, 100_000, Propagation.AUTO, Duration.ofMillis(500),
				Duration.ofSeconds(5), false, Duration.ofSeconds(5));
	}

	/**
	 * What happens to keys that the directory does not know.
	 */
	public enum UnknownKeys {

		/**
		 * Nobody owns them, and work with them fails.
		 */
		FAIL,

		/**
		 * They are given to the shard that has the fewest keys.
		 */
		ASSIGN

	}

	/**
	 * How changes by other instances become known.
	 */
	public enum Propagation {

		/**
		 * By notifications, and by asking where these do not come through.
		 */
		AUTO,

		/**
		 * By notifications only, on a direct connection.
		 */
		NOTIFY,

		/**
		 * By asking only: for a connection through a transaction pooler, on which nobody
		 * can listen.
		 */
		POLL

	}

}
