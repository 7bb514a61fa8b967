/**
 * Tests for primaries that crash, freeze, are promoted and deposed.
 */
@NullMarked
package dev.scaling.starter.failover;

import org.jspecify.annotations.NullMarked;
