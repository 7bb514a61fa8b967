/**
 * Actuator endpoints.
 */
@NullMarked
package dev.scaling.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
