/**
 * Tests for the scaling advisor on real servers.
 */
@NullMarked
package dev.scaling.starter.advisor;

import org.jspecify.annotations.NullMarked;
