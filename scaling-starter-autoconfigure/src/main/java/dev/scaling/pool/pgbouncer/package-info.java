/**
 * What PgBouncer says of itself, and what to write into its configuration.
 */
@NullMarked
package dev.scaling.pool.pgbouncer;

import org.jspecify.annotations.NullMarked;
