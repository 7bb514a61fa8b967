/**
 * The application of {@code docs/ten-minutes.md} and its tests.
 */
@NullMarked
package dev.scaling.starter.adoption.minutes;

import org.jspecify.annotations.NullMarked;
