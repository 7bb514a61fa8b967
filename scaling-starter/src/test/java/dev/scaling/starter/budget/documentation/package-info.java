/**
 * Tests for the page on the connection budget.
 */
@NullMarked
package dev.scaling.starter.budget.documentation;

import org.jspecify.annotations.NullMarked;
