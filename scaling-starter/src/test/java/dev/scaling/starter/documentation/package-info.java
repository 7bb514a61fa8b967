/**
 * Tests for pages that are about everything.
 */
@NullMarked
package dev.scaling.starter.documentation;

import org.jspecify.annotations.NullMarked;
