/**
 * Tests for applications behind a real PgBouncer.
 */
@NullMarked
package dev.scaling.starter.pgbouncer;

import org.jspecify.annotations.NullMarked;
