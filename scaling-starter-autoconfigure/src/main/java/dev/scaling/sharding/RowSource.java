package dev.scaling.sharding;

import org.jspecify.annotations.Nullable;

/**
 * Rows in order.
 *
 * @param <E> the type of the rows
 */
@FunctionalInterface
interface RowSource<E> {

	/**
	 * Takes the next row, and waits for it if need be.
	 * @return the row, or {@code null} after the last one
	 */
	@Nullable E next();

}
