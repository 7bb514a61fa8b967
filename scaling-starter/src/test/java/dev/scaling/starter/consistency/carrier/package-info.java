/**
 * Tests for sessions that go from one process to another.
 */
@NullMarked
package dev.scaling.starter.consistency.carrier;

import org.jspecify.annotations.NullMarked;
