/**
 * The examples in {@code docs/connections.md}.
 */
@NullMarked
package dev.scaling.starter.pgbouncer.documentation;

import org.jspecify.annotations.NullMarked;
