/**
 * Tests for the scripts of keyspaces, which are executed on each shard.
 */
@NullMarked
package dev.scaling.starter.sharding.migration;

import org.jspecify.annotations.NullMarked;
