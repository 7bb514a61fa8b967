/**
 * Tests of what PostgreSQL says about itself.
 */
@NullMarked
package dev.scaling.starter.statistics;

import org.jspecify.annotations.NullMarked;
