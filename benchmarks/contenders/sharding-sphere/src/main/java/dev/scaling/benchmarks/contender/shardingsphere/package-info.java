/**
 * Apache ShardingSphere-JDBC.
 */
@NullMarked
package dev.scaling.benchmarks.contender.shardingsphere;

import org.jspecify.annotations.NullMarked;
