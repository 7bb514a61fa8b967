package dev.scaling.sharding;

import java.util.List;

import dev.scaling.ShardingStrategy;

import org.springframework.util.Assert;

/**
 * Spreads keys evenly: the shard of a key is that at the index which the hash of the key,
 * modulo the number of shards, says. Keys are integers (byte, short, int, long,
 * {@link java.math.BigInteger}), text and {@link java.util.UUID}s. Immutable and
 * thread-safe.
 * <p>
 * The order and the number of the shards are part of the mapping: with one shard more,
 * nearly all keys belong to another one. {@link ConsistentHashSharding} moves few.
 *
 * @since 0.1.0
 */
public final class HashSharding implements ShardingStrategy {

	private final HashFunction function;

	private final String[] shards;

	/**
	 * Creates a strategy.
	 * @param function the hash function
	 * @param shards the names of the shards in the order of their index, at least one
	 * @throws IllegalArgumentException if there is no shard
	 */
	public HashSharding(HashFunction function, List<String> shards) {
		Assert.notNull(function, "'function' must not be null");
		Assert.notEmpty(shards, "'shards' must name at least one shard");
		this.function = function;
		this.shards = shards.toArray(String[]::new);
	}

	@Override
	public String shardOf(Object key) {
		return this.shards[this.function.bucket(key, this.shards.length)];
	}

}
