package dev.scaling;

import java.util.function.Consumer;

/**
 * Reads the rows of one shard in the order of a {@link SortedGather}, and hands them over
 * one by one. To keep memory flat it must not load them all first: <pre class="code">
 * template.setFetchSize(100);
 * ShardReader&lt;Order&gt; reader = (shard, rows) -&gt; transaction.executeWithoutResult((status) -&gt;
 *     template.query("select id, total from orders order by total desc, id",
 *         (RowCallbackHandler) (row) -&gt; rows.accept(Order.of(row))));
 * </pre> (PostgreSQL's driver only fetches in portions within a transaction.)
 *
 * @param <E> the type of the rows
 * @since 0.1.0
 */
@FunctionalInterface
public interface ShardReader<E> {

	/**
	 * Reads the rows of a shard. Called from a thread of its own.
	 * @param shard the name of the shard
	 * @param rows takes each row, in order and never {@code null}; to be called from the
	 * same thread. It waits while the other shards are behind, and throws when no further
	 * row is wanted: the exception has to pass through, so that statement and result set
	 * are closed
	 * @throws Exception if the rows cannot be read
	 */
	void read(String shard, Consumer<E> rows) throws Exception;

}
