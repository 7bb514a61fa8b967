/**
 * Tests for what the application's statements tell about it.
 */
@NullMarked
package dev.scaling.starter.insight;

import org.jspecify.annotations.NullMarked;
