package dev.scaling.sharding;

import java.util.Collection;

/**
 * Is told of each fan-out, on the thread of its caller.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface GatherListener {

	/**
	 * A listener that does nothing.
	 */
	GatherListener NONE = (outcome, nanos, shards, failed) -> {
	};

	/**
	 * Work on many shards has ended, well or not. Must not block or throw.
	 * @param outcome what the caller gets
	 * @param nanos how long the caller waited, in nanoseconds
	 * @param shards the names of the shards that took part
	 * @param failed the names of those that failed or were late; those whose work was
	 * cancelled because of them do not count
	 */
	void finished(Outcome outcome, long nanos, Collection<String> shards, Collection<String> failed);

	/**
	 * What the caller of a fan-out gets.
	 */
	enum Outcome {

		/**
		 * The results of all shards that it needed.
		 */
		COMPLETE,

		/**
		 * The results of some shards, as it had allowed.
		 */
		PARTIAL,

		/**
		 * An exception.
		 */
		FAILED

	}

}
