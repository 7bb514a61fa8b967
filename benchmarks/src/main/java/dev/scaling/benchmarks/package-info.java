/**
 * What a call costs with the starter, beside what it costs without.
 */
@NullMarked
package dev.scaling.benchmarks;

import org.jspecify.annotations.NullMarked;
