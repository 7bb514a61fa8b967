/**
 * Tests of what a shard says about what it owns.
 */
@NullMarked
package dev.scaling.starter.sharding.ownership;

import org.jspecify.annotations.NullMarked;
