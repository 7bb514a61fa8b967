/**
 * Tests for what operators of the sample are given to watch it.
 */
@NullMarked
package dev.scaling.sample.monitoring;

import org.jspecify.annotations.NullMarked;
