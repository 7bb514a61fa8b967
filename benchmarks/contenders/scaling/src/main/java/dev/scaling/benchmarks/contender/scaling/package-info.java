/**
 * The starter, with features switched on one by one.
 */
@NullMarked
package dev.scaling.benchmarks.contender.scaling;

import org.jspecify.annotations.NullMarked;
