/**
 * Tests for the connections that an application gets.
 */
@NullMarked
package dev.scaling.starter.connection;

import org.jspecify.annotations.NullMarked;
