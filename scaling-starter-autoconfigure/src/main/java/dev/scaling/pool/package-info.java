/**
 * The HikariCP pools of the nodes.
 */
@NullMarked
package dev.scaling.pool;

import org.jspecify.annotations.NullMarked;
