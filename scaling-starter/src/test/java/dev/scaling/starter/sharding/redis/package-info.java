/**
 * Tests for directories of keyspaces with a shared cache in Redis.
 */
@NullMarked
package dev.scaling.starter.sharding.redis;

import org.jspecify.annotations.NullMarked;
