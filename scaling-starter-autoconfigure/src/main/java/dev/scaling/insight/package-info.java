/**
 * What the application's SQL statements tell about it, such as those that are slow.
 */
@NullMarked
package dev.scaling.insight;

import org.jspecify.annotations.NullMarked;
