/**
 * Tests for the starter in applications' own test slices.
 */
@NullMarked
package dev.scaling.starter.adoption.slice;

import org.jspecify.annotations.NullMarked;
