package dev.scaling;

import org.jspecify.annotations.Nullable;

/**
 * Maps the keys of a keyspace to its shards. A bean of this type is a strategy of the
 * application's own: the keyspace names the bean in its {@code strategy}.
 * <p>
 * It is called for each piece of work with a key, by many threads at once: it must be
 * thread-safe, and has to give the same answer on all instances at all times, because
 * rows do not follow a strategy that changes its mind.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ShardingStrategy {

	/**
	 * Returns the shard that owns a key.
	 * @param key the key, never {@code null}
	 * @return the name of one of the keyspace's shards, or {@code null} if nobody owns
	 * the key
	 * @throws IllegalArgumentException if the key is of a type that this strategy does
	 * not take; the message says which it takes
	 */
	@Nullable String shardOf(Object key);

	/**
	 * A shard has refused work with a key, because it does not own it any more: what is
	 * remembered of the key is outdated. Does nothing, unless a strategy that remembers
	 * its answers overrides it.
	 * @param key the key, or its text
	 */
	default void forget(Object key) {
	}

}
