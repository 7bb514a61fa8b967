/**
 * Asks every node of a cluster how it is, all the time and on demand.
 */
@NullMarked
package dev.scaling.monitor;

import org.jspecify.annotations.NullMarked;
