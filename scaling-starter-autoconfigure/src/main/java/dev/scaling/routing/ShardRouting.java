package dev.scaling.routing;

import dev.scaling.ShardLocation;
import dev.scaling.ShardTarget;
import org.jspecify.annotations.Nullable;

/**
 * Knows which shard owns which key. Thread-safe.
 *
 * @since 0.1.0
 */
public interface ShardRouting {

	/**
	 * Finds the shard of a target.
	 * @param target the key or the shard
	 * @return the location, never {@code null}
	 * @throws dev.scaling.ShardKeyException if there is no such shard, or none that owns
	 * the key
	 */
	ShardLocation locate(ShardTarget target);

	/**
	 * The target of the request or job that the calling thread works for.
	 * @return the target, or {@code null} if it has none
	 */
	@Nullable ShardTarget ambient();

	/**
	 * A shard has refused work with a key, because it does not own it any more.
	 * @param keyspace the name of the keyspace
	 * @param key the text of the key
	 */
	default void forget(String keyspace, String key) {
	}

	/**
	 * Whether keys of a keyspace may be moved to other shards while they are used.
	 * @param keyspace the name of the keyspace
	 * @return {@code true} if a statement may have to be executed elsewhere
	 */
	default boolean isMovable(String keyspace) {
		return false;
	}

	/**
	 * Changes whenever a key that was located may have moved to another shard.
	 * @return the version of the mapping
	 */
	long version();

}
