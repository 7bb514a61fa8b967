package dev.scaling.sharding;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * Limits of work on many shards.
 *
 * @param timeout how long such work may take that says nothing itself
 * @param concurrency on how many shards such work runs at the same time that says nothing
 * itself
 * @param branches how many branches run on one shard at the same time, whatever work they
 * belong to: a shard that hangs takes no more threads than this
 * @param rows how many rows of a sorted merge wait for the other shards, for each shard
 * @since 0.1.0
 */
public record GatherOptions(Duration timeout, int concurrency, int branches, int rows) {

	/**
	 * Creates options.
	 */
	public GatherOptions {
		Assert.isTrue(timeout.compareTo(Duration.ZERO) > 0, "'timeout' must be positive");
		Assert.isTrue(concurrency > 0, "'concurrency' must be positive");
		Assert.isTrue(branches > 0, "'branches' must be positive");
		Assert.isTrue(rows > 0, "'rows' must be positive");
	}

	/**
	 * The defaults: 10 seconds, 8 shards at a time, 32 branches on a shard, 128 rows.
	 * @return the options, never {@code null}
	 */
	public static GatherOptions defaults() {
		return new GatherOptions(Duration.ofSeconds(10), 8, 32, 128);
	}

}
