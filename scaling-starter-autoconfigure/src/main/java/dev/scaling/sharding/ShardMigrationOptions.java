package dev.scaling.sharding;

import java.time.Duration;

/**
 * How the schemas of the shards are brought up to date.
 *
 * @param parallelism on how many shards scripts are executed at the same time, at least 1
 * @param timeout how long all shards together may take
 * @param primaryTimeout how long a shard without a primary is waited for
 * @param failOnDrift whether shards that have something else than the scripts, or other
 * shards, are an error and not a warning
 * @since 0.1.0
 */
public record ShardMigrationOptions(int parallelism, Duration timeout, Duration primaryTimeout, boolean failOnDrift) {

}
