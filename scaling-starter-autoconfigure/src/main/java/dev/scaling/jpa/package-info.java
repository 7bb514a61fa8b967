/**
 * Keeps what Hibernate has read from a replica from overwriting newer data.
 */
@NullMarked
package dev.scaling.jpa;

import org.jspecify.annotations.NullMarked;
