package dev.scaling;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import dev.scaling.RoutingContext.Work;
import org.jspecify.annotations.Nullable;

/**
 * Work on shards, said in code: at a key, on a shard, once for each shard of many keys,
 * or on all of them. It is a bean where shards are configured. <pre class="code">
 * User user = shards.call(42L, () -&gt; users.find(42L));
 * shards.of("tenants").run("acme", () -&gt; orders.create("acme", total));
 * shards.group(ids).forEach((shard, some) -&gt; shards.runOn(shard, () -&gt; users.touch(some)));
 * </pre>
 * <p>
 * It is a view on the only keyspace, or on the one that {@link #of} has named. All work
 * of a block goes to the shard; a block within a transaction of another shard is refused.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public interface Shards {

	/**
	 * Returns a view on a keyspace.
	 * @param keyspace the name of the keyspace
	 * @return the view, never {@code null}
	 * @throws ShardKeyException if there is no such keyspace
	 */
	Shards of(String keyspace);

	/**
	 * The names of the keyspace's shards in their order.
	 * @return the names, at least one
	 */
	List<String> names();

	/**
	 * The directory of the keyspace.
	 * @return the directory, never {@code null}
	 * @throws IllegalStateException if the keyspace has another strategy
	 */
	ShardDirectory directory();

	/**
	 * Finds the shard that owns a key.
	 * @param key the key, must not be {@code null}
	 * @return the location, never {@code null}
	 * @throws ShardKeyException if no shard owns the key, or it is of the wrong type
	 */
	ShardLocation locate(Object key);

	/**
	 * Runs work on the shard that owns a key.
	 * @param key the key, must not be {@code null}
	 * @param work the work
	 */
	void run(Object key, Runnable work);

	/**
	 * Runs work on the shard that owns a key, and returns its result.
	 * @param key the key, must not be {@code null}
	 * @param work the work
	 * @param <T> the type of the result
	 * @param <E> the type of the exception that the work may throw
	 * @return the result, can be {@code null}
	 * @throws E if the work throws it
	 */
	<T extends @Nullable Object, E extends Exception> T call(Object key, Work<T, E> work) throws E;

	/**
	 * Runs work on a shard.
	 * @param shard the name of the shard, or {@code main}
	 * @param work the work
	 */
	void runOn(String shard, Runnable work);

	/**
	 * Runs work on a shard, and returns its result.
	 * @param shard the name of the shard, or {@code main}
	 * @param work the work
	 * @param <T> the type of the result
	 * @param <E> the type of the exception that the work may throw
	 * @return the result, can be {@code null}
	 * @throws E if the work throws it
	 */
	<T extends @Nullable Object, E extends Exception> T callOn(String shard, Work<T, E> work) throws E;

	/**
	 * Groups keys by the shard that owns them, so that work can run once for each shard
	 * instead of once for each key.
	 * @param keys the keys, none of them {@code null}
	 * @param <K> the type of the keys
	 * @return the keys by shard, in the order of the shards; within a shard in the given
	 * order. Shards that own none of them are left out
	 */
	<K> Map<String, List<K>> group(Collection<? extends K> keys);

	/**
	 * Describes work that runs once for each shard of the keyspace, on several of them at
	 * the same time, and has one result for each. Nothing happens before the result is
	 * asked for.
	 * @param work the work
	 * @param <T> the type of the result of a shard
	 * @return the description, never {@code null}
	 */
	<T extends @Nullable Object> Gather<T> gather(ShardWork<? extends T> work);

	/**
	 * Describes work that runs once for each shard of the keyspace, and has several rows
	 * for each.
	 * @param work the work, which must not return {@code null}
	 * @param <E> the type of the rows
	 * @return the description, never {@code null}
	 */
	<E> GatherRows<E> gatherRows(ShardWork<? extends Collection<? extends E>> work);

	/**
	 * Describes work that reads all shards of the keyspace at the same time, and merges
	 * their rows by their order without loading them all.
	 * @param order the order of each shard's rows
	 * @param reader reads a shard in that order
	 * @param <E> the type of the rows
	 * @return the description, never {@code null}
	 */
	<E> SortedGather<E> gatherSorted(Comparator<? super E> order, ShardReader<E> reader);

}
