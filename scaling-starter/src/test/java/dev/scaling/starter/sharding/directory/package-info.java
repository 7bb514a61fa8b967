/**
 * Tests of directories and of keys that move.
 */
@NullMarked
package dev.scaling.starter.sharding.directory;

import org.jspecify.annotations.NullMarked;
