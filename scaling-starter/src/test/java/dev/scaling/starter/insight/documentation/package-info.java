/**
 * The examples in {@code docs/connections.md}.
 */
@NullMarked
package dev.scaling.starter.insight.documentation;

import org.jspecify.annotations.NullMarked;
