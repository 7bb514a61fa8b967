/**
 * What every contender is asked to do, in a process and class path of its own.
 */
@NullMarked
package dev.scaling.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
