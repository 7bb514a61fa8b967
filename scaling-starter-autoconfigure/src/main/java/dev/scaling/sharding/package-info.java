/**
 * Keyspaces and the strategies that map their keys to shards, work on many shards, and
 * the checks that keep rows on their shard.
 */
@NullMarked
package dev.scaling.sharding;

import org.jspecify.annotations.NullMarked;
