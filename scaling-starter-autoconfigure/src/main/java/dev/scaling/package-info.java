/**
 * The few types that users of the scaling starter meet.
 */
@NullMarked
package dev.scaling;

import org.jspecify.annotations.NullMarked;
