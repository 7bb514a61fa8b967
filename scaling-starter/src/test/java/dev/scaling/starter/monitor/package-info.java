/**
 * Tests of the monitor on real clusters, without an application.
 */
@NullMarked
package dev.scaling.starter.monitor;

import org.jspecify.annotations.NullMarked;
