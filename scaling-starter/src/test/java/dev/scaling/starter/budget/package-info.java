/**
 * Tests for the connection budget of all instances of an application.
 */
@NullMarked
package dev.scaling.starter.budget;

import org.jspecify.annotations.NullMarked;
