package dev.scaling.sharding;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.scaling.ShardingStrategy;

/**
 * A keyspace of the configuration.
 *
 * @param name the name
 * @param shards the names of its shards; the order is part of the mapping
 * @param mapping describes how keys are mapped to shards: instances that agree on it map
 * every key to the same shard
 * @param strategy gives the strategy, which is asked for when the first key comes
 * @param tables the key column of each table whose rows belong to the keyspace
 * @since 0.1.0
 */
public record KeyspaceDefinition(String name, List<String> shards, String mapping,
		Supplier<? extends ShardingStrategy> strategy, Map<String, String> tables) {

	/**
	 * Creates a definition.
	 */
	public KeyspaceDefinition {
		shards = List.copyOf(shards);
		tables = Map.copyOf(tables);
	}

	/**
	 * The position of a shard in the keyspace.
	 * @param shard the name of the shard
	 * @return the position from 0, or -1 if the keyspace has no rows there
	 */
	public int position(String shard) {
		return this.shards.indexOf(shard);
	}

}
