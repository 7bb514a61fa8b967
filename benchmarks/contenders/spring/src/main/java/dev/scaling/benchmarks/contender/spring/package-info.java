/**
 * What Spring offers by itself, and what its users write by hand.
 */
@NullMarked
package dev.scaling.benchmarks.contender.spring;

import org.jspecify.annotations.NullMarked;
