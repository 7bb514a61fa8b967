package dev.scaling.sharding;

import org.springframework.util.Assert;

/**
 * What this instance takes a keyspace for, which its shards compare with what they have
 * been told.
 *
 * @param keyspace the keyspace
 * @param ordered whether the shards of the keyspace are numbered, as those of
 * {@code hash}: then their order is compared, too
 * @param epoch the version of the list of shards, from 1: it is raised by one whenever
 * the list or the mapping changes
 * @since 0.1.0
 */
public record ShardClaim(KeyspaceDefinition keyspace, boolean ordered, long epoch) {

	/**
	 * Creates a claim.
	 * @throws IllegalArgumentException if the epoch is less than 1
	 */
	public ShardClaim {
		Assert.notNull(keyspace, "'keyspace' must not be null");
		Assert.isTrue(epoch > 0, "'epoch' must be 1 or more");
	}

	String property() {
		return "scaling.keyspaces." + this.keyspace.name();
	}

	/**
	 * What a shard of the keyspace stores.
	 */
	StoredClaim stored(String shard) {
		return new StoredClaim(shard, this.ordered ? this.keyspace.position(shard) : 0,
				this.ordered ? String.join(",", this.keyspace.shards()) : "", this.keyspace.mapping(), this.epoch);
	}

}
