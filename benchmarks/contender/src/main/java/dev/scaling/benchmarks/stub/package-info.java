/**
 * A JDBC driver without a database, so cheap that what wraps it can be measured.
 */
@NullMarked
package dev.scaling.benchmarks.stub;

import org.jspecify.annotations.NullMarked;
