/**
 * Health of clusters.
 */
@NullMarked
package dev.scaling.health;

import org.jspecify.annotations.NullMarked;
