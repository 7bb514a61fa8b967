package dev.scaling.sharding;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

import dev.scaling.Gather;
import dev.scaling.GatherResult;
import dev.scaling.GatherRows;
import dev.scaling.ShardReader;
import dev.scaling.ShardWork;
import dev.scaling.SortedGather;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Runs work on many shards at the same time. Thread-safe; there should be one for all
 * shards.
 * <p>
 * Nothing of it can wait in a circle: a branch of plain work holds a connection of its
 * own shard and waits for no other branch, and a sorted merge, which needs one of each
 * shard, begins when it has a place on all of them. Each shard has a limited number of
 * places. A branch that goes on after its deadline keeps its place, and with it a thread,
 * until it ends: {@link #abandoned} counts them. If they take all places of a shard, work
 * on it ends at its deadline, and the other shards do not notice.
 *
 * @since 0.1.0
 */
public final class GatherExecutor implements AutoCloseable {

	private final GatherOptions options;

	private final ToIntFunction<String> merges;

	private final GatherListener listener;

	private final GatherThreads threads;

	private final Map<String, ShardGate> gates = new ConcurrentHashMap<>();

	/**
	 * Creates an executor that uses virtual threads if the JDK has them.
	 * @param options the limits
	 * @param merges tells how many sorted merges may read the shard of a name at the same
	 * time, at least 1. It must not be more than the smallest pool of the shard has
	 * connections, and should leave some for other work; asked once for each shard
	 * @param listener is told of all work
	 */
	public GatherExecutor(GatherOptions options, ToIntFunction<String> merges, GatherListener listener) {
		this(options, merges, listener, GatherThreads.create());
	}

	GatherExecutor(GatherOptions options, ToIntFunction<String> merges, GatherListener listener,
			GatherThreads threads) {
		this.options = options;
		this.merges = merges;
		this.listener = listener;
		this.threads = threads;
	}

	/**
	 * Describes work that has one result for each shard.
	 * @param shards the names of the shards in their order
	 * @param work the work
	 * @param <T> the type of the result of a shard
	 * @return the description, never {@code null}
	 */
	public <T extends @Nullable Object> Gather<T> gather(List<String> shards, ShardWork<? extends T> work) {
		Assert.notNull(work, "'work' must not be null");
		return new ShardGather<>(this, settings(shards), work);
	}

	/**
	 * Describes work that has several rows for each shard.
	 * @param shards the names of the shards in their order
	 * @param work the work, which must not return {@code null}
	 * @param <E> the type of the rows
	 * @return the description, never {@code null}
	 */
	public <E> GatherRows<E> gatherRows(List<String> shards, ShardWork<? extends Collection<? extends E>> work) {
		return this.<Collection<? extends E>>gather(shards, work).rows((rows) -> rows);
	}

	/**
	 * Describes work that reads all shards at the same time and merges their rows.
	 * @param shards the names of the shards in their order
	 * @param order the order of each shard's rows
	 * @param reader reads a shard
	 * @param <E> the type of the rows
	 * @return the description, never {@code null}
	 */
	public <E> SortedGather<E> gatherSorted(List<String> shards, Comparator<? super E> order, ShardReader<E> reader) {
		Assert.notNull(order, "'order' must not be null");
		Assert.notNull(reader, "'reader' must not be null");
		return new ShardSortedGather<>(this, settings(shards), reader, order);
	}

	private FanOutSettings settings(List<String> shards) {
		return new FanOutSettings(shards, this.options.timeout(), this.options.concurrency(), null);
	}

	<T extends @Nullable Object> GatherResult<T> run(ShardGather<T> gather, boolean partial) {
		return new GatherRun<T>(this, gather.settings(), partial, gather.work()).run(this.listener);
	}

	<E> void merge(ShardSortedGather<E> gather, long offset, long limit, Consumer<? super E> rows) {
		new MergeRun<>(this, gather.settings(), this.options.rows(), gather.reader(), gather.order()).run(this.listener,
				offset, limit, rows);
	}

	ShardGate gate(String shard) {
		return this.gates.computeIfAbsent(shard, (name) -> new ShardGate(name, this.threads, this.options.branches(),
				Math.max(1, this.merges.applyAsInt(name))));
	}

	/**
	 * How many branches have a place, over all shards: those that run, including the
	 * {@link #abandoned} ones, and those of merges that are about to.
	 * @return the number
	 */
	public int running() {
		return this.gates.values().stream().mapToInt(ShardGate::running).sum();
	}

	/**
	 * How many branches wait for a place on their shard.
	 * @return the number
	 */
	public int waiting() {
		return this.gates.values().stream().mapToInt(ShardGate::waiting).sum();
	}

	/**
	 * How many branches run although nobody waits for their result any more, because the
	 * deadline has passed or another branch has failed.
	 * @return the number
	 */
	public int abandoned() {
		return this.gates.values().stream().mapToInt(ShardGate::abandoned).sum();
	}

	/**
	 * How many branches have a place on a shard.
	 * @param shard the name of the shard
	 * @return the number
	 * @see #running()
	 */
	public int running(String shard) {
		return number(shard, ShardGate::running);
	}

	/**
	 * How many branches wait for a place on a shard.
	 * @param shard the name of the shard
	 * @return the number
	 * @see #waiting()
	 */
	public int waiting(String shard) {
		return number(shard, ShardGate::waiting);
	}

	/**
	 * How many branches run on a shard although nobody waits for their result any more.
	 * @param shard the name of the shard
	 * @return the number
	 * @see #abandoned()
	 */
	public int abandoned(String shard) {
		return number(shard, ShardGate::abandoned);
	}

	private int number(String shard, ToIntFunction<ShardGate> number) {
		ShardGate gate = this.gates.get(shard);
		return (gate != null) ? number.applyAsInt(gate) : 0;
	}

	/**
	 * Starts no further work. What runs goes on to its end or deadline.
	 */
	@Override
	public void close() {
		this.threads.close();
	}

}
