package dev.scaling.sharding;

/**
 * A row of the table in which a shard keeps what it owns.
 *
 * @param shard the name of the shard
 * @param position the position in the list, 0 if the order means nothing
 * @param shards the list, separated by commas; empty if the order means nothing
 * @param mapping how keys are mapped to shards
 * @param epoch the version of the list
 */
record StoredClaim(String shard, int position, String shards, String mapping, long epoch) {

}
