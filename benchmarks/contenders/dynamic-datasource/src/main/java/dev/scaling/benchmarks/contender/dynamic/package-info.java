/**
 * The dynamic-datasource starter.
 */
@NullMarked
package dev.scaling.benchmarks.contender.dynamic;

import org.jspecify.annotations.NullMarked;
