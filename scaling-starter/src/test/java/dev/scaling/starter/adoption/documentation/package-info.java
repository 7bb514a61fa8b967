/**
 * The examples in {@code docs/adopting.md} and their tests.
 */
@NullMarked
package dev.scaling.starter.adoption.documentation;

import org.jspecify.annotations.NullMarked;
