package dev.scaling;

import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the rows of all shards at the same time and merges them by their order. A shard
 * is at most a few hundred rows ahead of the others, so memory does not grow with the
 * number of rows.
 * <p>
 * One connection to each shard is held until the last row has been taken. So that such
 * reads cannot wait for each other's connections, only so many of them run on a shard at
 * the same time as its pools have connections for; the others wait, until their deadline
 * at most. For the same reason the consumer of the rows should not use the database.
 * <p>
 * With {@link #partial} a shard that fails midway contributes the rows that it has given
 * so far. Once the deadline is reached, the rows that have arrived are merged without
 * those that are late. Instances are immutable and may be shared, provided that the
 * reader may.
 *
 * @param <E> the type of the rows
 * @since 0.1.0
 */
public interface SortedGather<E> extends FanOut<SortedGather<E>> {

	/**
	 * Reads and merges rows, and lets all shards stop when there are enough. A shard's
	 * statement may itself be limited to {@code offset + limit} rows.
	 * @param offset how many rows are left out, not negative
	 * @param limit how many rows are returned at most, not negative
	 * @return the rows in order; among equal ones those of the first shard come first
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial, or if the rows of a shard are in another order
	 */
	List<E> list(long offset, int limit);

	/**
	 * Reads and merges all rows.
	 * @param rows takes the rows in order, in the thread of the caller; among equal ones
	 * those of the first shard come first. What it throws ends the work on all shards and
	 * is thrown as it is
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial, or if the rows of a shard are in another order; some rows may have been
	 * given to the consumer
	 */
	void forEach(Consumer<? super E> rows);

}
