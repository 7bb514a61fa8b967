/**
 * Tests for the page about the scaling advisor.
 */
@NullMarked
package dev.scaling.starter.advisor.documentation;

import org.jspecify.annotations.NullMarked;
