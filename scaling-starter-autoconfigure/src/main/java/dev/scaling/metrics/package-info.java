/**
 * Micrometer meters of routing and nodes.
 */
@NullMarked
package dev.scaling.metrics;

import org.jspecify.annotations.NullMarked;
