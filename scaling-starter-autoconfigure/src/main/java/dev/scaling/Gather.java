package dev.scaling;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collector;

import org.jspecify.annotations.Nullable;

/**
 * Work that runs once for each shard, and has one result for each. Nothing happens before
 * one of {@link #perShard}, {@link #list}, {@link #collect} and {@link #result} is
 * called, each of which runs the work: <pre class="code">
 * long orders = shards.gather((shard) -&gt; repository.count())
 *     .withTimeout(Duration.ofSeconds(2))
 *     .collect(Collectors.summingLong(Long::longValue));
 * </pre>
 * <p>
 * Instances are immutable and may be shared, provided that the work may.
 *
 * @param <T> the type of the result of a shard
 * @since 0.1.0
 */
public interface Gather<T extends @Nullable Object> extends FanOut<Gather<T>> {

	/**
	 * Returns a description like this one that works on another number of shards at the
	 * same time.
	 * @param concurrency the number, at least 1: one after another in their order
	 * @return the description, never {@code null}
	 */
	Gather<T> withConcurrency(int concurrency);

	/**
	 * Returns a description of the rows of all shards, for work whose results contain
	 * several.
	 * @param rows gives the rows of a shard's result
	 * @param <E> the type of the rows
	 * @return the description, never {@code null}
	 */
	<E> GatherRows<E> rows(Function<? super T, ? extends Collection<? extends E>> rows);

	/**
	 * Runs the work and returns the result of each shard.
	 * @return the results by the name of the shard, in the order of the shards
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial
	 */
	Map<String, T> perShard();

	/**
	 * Runs the work and returns the results.
	 * @return the results in the order of the shards
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial
	 */
	List<T> list();

	/**
	 * Runs the work and reduces the results of the shards.
	 * @param collector takes the results in the order of the shards, in the thread of the
	 * caller
	 * @param <R> the type of the reduced result
	 * @return the reduced result
	 * @throws GatherException if a shard fails, or all of them if the result may be
	 * partial
	 */
	<R extends @Nullable Object> R collect(Collector<? super T, ?, R> collector);

	/**
	 * Runs the work, and returns what each shard did: no failure of one shard cancels the
	 * work on another, with {@link #partial} or without.
	 * @return the results and failures by shard
	 * @throws GatherException if all shards fail
	 */
	GatherResult<T> result();

}
