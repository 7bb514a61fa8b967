/**
 * Tests for an application on a cluster that Patroni runs.
 */
@NullMarked
package dev.scaling.starter.failover.patroni;

import org.jspecify.annotations.NullMarked;
