/**
 * The examples in {@code docs/consistency.md} and their tests.
 */
@NullMarked
package dev.scaling.starter.consistency.documentation;

import org.jspecify.annotations.NullMarked;
