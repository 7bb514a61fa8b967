package dev.scaling.benchmarks.contender.shardingsphere;

import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.contender.ShardStore;

/**
 * ShardingSphere-JDBC in its standalone mode, with a rule for read/write splitting, or
 * for sharding where there are shards. The stub driver is none of the databases whose
 * catalog it reads when it starts.
 */
public final class ShardingSphere implements Contender {

	@Override
	public String name() {
		return "sharding-sphere";
	}

	@Override
	public Class<?> configuration() {
		return ShardingSphereConfiguration.class;
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		return Map.of();
	}

	@Override
	public Class<? extends ShardStore> shardStore() {
		return TransparentShardStore.class;
	}

}
