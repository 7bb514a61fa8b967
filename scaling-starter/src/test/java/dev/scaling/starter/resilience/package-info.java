/**
 * Tests for what becomes of an application when its nodes or its callers misbehave.
 */
@NullMarked
package dev.scaling.starter.resilience;

import org.jspecify.annotations.NullMarked;
