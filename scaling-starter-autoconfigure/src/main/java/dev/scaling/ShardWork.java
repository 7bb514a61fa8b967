package dev.scaling;

import org.jspecify.annotations.Nullable;

/**
 * Work that runs once for each shard of a {@link Gather}, on several shards at the same
 * time. All that it does with the database goes to its shard.
 *
 * @param <T> the type of the result
 * @since 0.1.0
 */
@FunctionalInterface
public interface ShardWork<T extends @Nullable Object> {

	/**
	 * Does the work for a shard. Called from a thread of its own, which is interrupted
	 * when nobody waits for the result any more.
	 * @param shard the name of the shard
	 * @return what the shard contributes, can be {@code null}
	 * @throws Exception if the work fails
	 */
	T call(String shard) throws Exception;

}
