/**
 * Tests for the examples about connections in the documentation.
 */
@NullMarked
package dev.scaling.starter.connection.documentation;

import org.jspecify.annotations.NullMarked;
