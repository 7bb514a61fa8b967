package dev.scaling.routing;

import dev.scaling.ConsistencyLevel;

/**
 * How fresh the reads of a method have to be.
 *
 * @param level the level
 * @param maxStaleness the bound of {@link ConsistencyLevel#BOUNDED} in nanoseconds, else
 * 0
 */
record Freshness(ConsistencyLevel level, long maxStaleness) {

	static final Freshness SESSION = new Freshness(ConsistencyLevel.SESSION, 0);

}
