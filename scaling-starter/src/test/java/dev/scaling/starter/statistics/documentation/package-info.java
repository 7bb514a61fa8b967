/**
 * Tests for the page on statistics.
 */
@NullMarked
package dev.scaling.starter.statistics.documentation;

import org.jspecify.annotations.NullMarked;
