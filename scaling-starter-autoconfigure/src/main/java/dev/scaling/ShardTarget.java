package dev.scaling;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What work asks for when it runs on a shard: the owner of a key, or a shard by name.
 *
 * @param keyspace the keyspace of the key, or {@code null} for the only one
 * @param key the key, or {@code null} if a shard is named
 * @param shard the name of the shard, or {@code null} if a key is given
 * @since 0.1.0
 */
public record ShardTarget(@Nullable String keyspace, @Nullable Object key, @Nullable String shard) {

	/**
	 * Creates a target. A key and a shard exclude each other.
	 */
	public ShardTarget {
		Assert.isTrue((key != null) != (shard != null), "A target has a key or a shard");
	}

	/**
	 * The shard that owns a key of the only keyspace.
	 * @param key the key, must not be {@code null}
	 * @return the target, never {@code null}
	 */
	public static ShardTarget ofKey(Object key) {
		Assert.notNull(key, "'key' must not be null");
		return new ShardTarget(null, key, null);
	}

	/**
	 * The shard that owns a key.
	 * @param keyspace the keyspace of the key
	 * @param key the key, must not be {@code null}
	 * @return the target, never {@code null}
	 */
	public static ShardTarget ofKey(String keyspace, Object key) {
		Assert.notNull(keyspace, "'keyspace' must not be null");
		Assert.notNull(key, "'key' must not be null");
		return new ShardTarget(keyspace, key, null);
	}

	/**
	 * The shard of a name.
	 * @param shard the name under {@code scaling.shards}, or {@code main}
	 * @return the target, never {@code null}
	 */
	public static ShardTarget ofShard(String shard) {
		Assert.notNull(shard, "'shard' must not be null");
		return new ShardTarget(null, null, shard);
	}

	@Override
	public String toString() {
		if (this.shard != null) {
			return "shard " + this.shard;
		}
		return "key " + this.key + ((this.keyspace != null) ? " of keyspace " + this.keyspace : "");
	}

}
