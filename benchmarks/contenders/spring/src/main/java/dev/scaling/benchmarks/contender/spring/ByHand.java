package dev.scaling.benchmarks.contender.spring;

import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.contender.ShardStore;

/**
 * A map of pools, and a thread for each shard where work is on all of them.
 */
public class ByHand implements Contender {

	@Override
	public String name() {
		return "by-hand";
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		return Map.of("spring.datasource.url", nodes.primary(), "spring.datasource.username", nodes.username());
	}

	@Override
	public Class<? extends ShardStore> shardStore() {
		return ThreadedShardMap.class;
	}

}
