/**
 * Who the customers are, and what they ordered.
 */
@NullMarked
package dev.scaling.sample.profiles;

import org.jspecify.annotations.NullMarked;
