/**
 * Tests for what an existing application meets when it adopts the starter.
 */
@NullMarked
package dev.scaling.starter.adoption;

import org.jspecify.annotations.NullMarked;
