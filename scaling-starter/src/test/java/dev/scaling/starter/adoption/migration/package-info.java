/**
 * Tests for what creates and changes schemas in an application that has replicas.
 */
@NullMarked
package dev.scaling.starter.adoption.migration;

import org.jspecify.annotations.NullMarked;
