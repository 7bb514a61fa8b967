/**
 * Tests that compare the strategies, and the ids that shards give, with a server.
 */
@NullMarked
package dev.scaling.starter.sharding.strategy;

import org.jspecify.annotations.NullMarked;
