/**
 * The Java of {@code docs/sharding.md}.
 */
@NullMarked
package dev.scaling.starter.sharding.documentation;

import org.jspecify.annotations.NullMarked;
