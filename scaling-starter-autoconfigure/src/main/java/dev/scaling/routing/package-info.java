/**
 * Decides which node serves a piece of work, and the logical connection that takes the
 * work there.
 */
@NullMarked
package dev.scaling.routing;

import org.jspecify.annotations.NullMarked;
