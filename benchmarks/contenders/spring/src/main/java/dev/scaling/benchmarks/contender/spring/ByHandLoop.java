package dev.scaling.benchmarks.contender.spring;

import dev.scaling.benchmarks.contender.ShardStore;

/**
 * A map of pools, and a loop where work is on all shards.
 */
public final class ByHandLoop extends ByHand {

	@Override
	public String name() {
		return "by-hand-loop";
	}

	@Override
	public Class<? extends ShardStore> shardStore() {
		return ShardMap.class;
	}

}
