/**
 * Tests of JPA on shards.
 */
@NullMarked
package dev.scaling.starter.sharding.jpa;

import org.jspecify.annotations.NullMarked;
