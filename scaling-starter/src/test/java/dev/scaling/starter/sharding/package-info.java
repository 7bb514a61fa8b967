/**
 * Tests of work on shards, on real clusters.
 */
@NullMarked
package dev.scaling.starter.sharding;

import org.jspecify.annotations.NullMarked;
