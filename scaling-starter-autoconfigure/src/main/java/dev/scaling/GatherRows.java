package dev.scaling;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collector;

import org.jspecify.annotations.Nullable;

/**
 * Work that runs once for each shard, and has several rows for each. All rows are in
 * memory before the first is returned; {@link SortedGather} is for many. Instances are
 * immutable and may be shared, provided that the work may.
 *
 * @param <E> the type of the rows
 * @since 0.1.0
 */
public interface GatherRows<E> extends FanOut<GatherRows<E>> {

	/**
	 * Returns a description like this one that works on another number of shards at the
	 * same time.
	 * @param concurrency the number, at least 1: one after another in their order
	 * @return the description, never {@code null}
	 */
	GatherRows<E> withConcurrency(int concurrency);

	/**
	 * Runs the work and returns all rows.
	 * @return the rows: those of the first shard, then those of the second, and so on
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial
	 */
	List<E> list();

	/**
	 * Runs the work and reduces the rows of all shards.
	 * @param collector takes the rows in the order of the shards, in the thread of the
	 * caller
	 * @param <R> the type of the reduced result
	 * @return the reduced result
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial
	 */
	<R extends @Nullable Object> R collect(Collector<? super E, ?, R> collector);

	/**
	 * Runs the work and merges the rows of all shards.
	 * @param order the order that the rows of each shard have
	 * @return all rows in that order; among equal ones those of the first shard come
	 * first
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial, or if the rows of a shard are in another order
	 */
	List<E> merge(Comparator<? super E> order);

	/**
	 * Runs the work and merges the rows of all shards. As the shards know nothing of each
	 * other, each has to give its first {@code offset + limit} rows.
	 * @param order the order that the rows of each shard have
	 * @param offset how many rows are left out, not negative
	 * @param limit how many rows are returned at most, not negative
	 * @return the rows in that order; among equal ones those of the first shard come
	 * first
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial, or if the rows of a shard are in another order
	 */
	List<E> merge(Comparator<? super E> order, long offset, int limit);

}
