/**
 * A small shop on a replicated PostgreSQL.
 */
@NullMarked
package dev.scaling.sample;

import org.jspecify.annotations.NullMarked;
