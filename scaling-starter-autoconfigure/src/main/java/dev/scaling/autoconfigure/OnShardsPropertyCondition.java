package dev.scaling.autoconfigure;

/**
 * Matches where the configuration lists shards.
 */
class OnShardsPropertyCondition extends OnNodesPropertyCondition {

	OnShardsPropertyCondition() {
		super("shard", "shards");
	}

}
