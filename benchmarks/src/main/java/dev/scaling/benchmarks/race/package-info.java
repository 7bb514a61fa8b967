/**
 * Compares the starter with what a user would pick instead, in the same run and on the
 * same nodes.
 */
@NullMarked
package dev.scaling.benchmarks.race;

import org.jspecify.annotations.NullMarked;
