package dev.scaling.sharding;

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
	GatherListener NONE = (shards, nanos, failures) -> {
	};

	/**
	 * Work on many shards has ended, well or not. Must not block or throw.
	 * @param shards the number of the shards that took part
	 * @param nanos how long the caller waited, in nanoseconds
	 * @param failures the number of the shards that failed or were late; those whose work
	 * was cancelled because of them do not count
	 */
	void finished(int shards, long nanos, int failures);

}
