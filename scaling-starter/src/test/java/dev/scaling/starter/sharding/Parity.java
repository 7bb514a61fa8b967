package dev.scaling.starter.sharding;

import dev.scaling.ShardingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Even numbers are owned by {@code shard-0}, odd ones by {@code shard-1}, and negative
 * ones by nobody.
 */
public final class Parity implements ShardingStrategy {

	@Override
	public @Nullable String shardOf(Object key) {
		if (!(key instanceof Long number)) {
			throw new IllegalArgumentException("a key is a long");
		}
		return (number < 0) ? null : "shard-" + number % 2;
	}

}
