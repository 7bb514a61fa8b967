/**
 * The AWS Advanced JDBC Wrapper.
 */
@NullMarked
package dev.scaling.benchmarks.contender.aws;

import org.jspecify.annotations.NullMarked;
