/**
 * Real PostgreSQL clusters for tests and development, with faults on demand.
 */
@NullMarked
package dev.scaling.test;

import org.jspecify.annotations.NullMarked;
