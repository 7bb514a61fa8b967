/**
 * What to do about a database that is too slow or too small, in the order of what it
 * costs.
 */
@NullMarked
package dev.scaling.insight.advisor;

import org.jspecify.annotations.NullMarked;
