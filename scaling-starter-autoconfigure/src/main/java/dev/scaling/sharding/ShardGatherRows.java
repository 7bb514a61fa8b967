package dev.scaling.sharding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Stream;

import dev.scaling.GatherException.Outcome;
import dev.scaling.GatherException.State;
import dev.scaling.GatherRows;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * {@link GatherRows} that an executor runs.
 *
 * @param gather the work
 * @param rows gives the rows of a result
 * @param <T> the type of the result of a shard
 * @param <E> the type of the rows
 */
record ShardGatherRows<T extends @Nullable Object, E>(ShardGather<T> gather,
		Function<? super T, ? extends Collection<? extends E>> rows) implements GatherRows<E> {

	private GatherRows<E> with(ShardGather<T> gather) {
		return new ShardGatherRows<>(gather, this.rows);
	}

	@Override
	public GatherRows<E> withShards(Collection<String> shards) {
		return with(this.gather.withShards(shards));
	}

	@Override
	public GatherRows<E> withTimeout(Duration timeout) {
		return with(this.gather.withTimeout(timeout));
	}

	@Override
	public GatherRows<E> withConcurrency(int concurrency) {
		return with(this.gather.withConcurrency(concurrency));
	}

	@Override
	public GatherRows<E> partial(BiConsumer<? super String, ? super Throwable> failures) {
		return with(this.gather.partial(failures));
	}

	@Override
	public List<E> list() {
		List<E> list = new ArrayList<>();
		this.gather.perShard().values().forEach((value) -> list.addAll(this.rows.apply(value)));
		return list;
	}

	@Override
	public <R extends @Nullable Object> R collect(Collector<? super E, ?, R> collector) {
		return this.gather.perShard().values().stream().<E>flatMap(this::stream).collect(collector);
	}

	private Stream<? extends E> stream(T value) {
		return this.rows.apply(value).stream();
	}

	@Override
	public List<E> merge(Comparator<? super E> order) {
		return merge(order, 0, Integer.MAX_VALUE);
	}

	@Override
	public List<E> merge(Comparator<? super E> order, long offset, int limit) {
		Assert.notNull(order, "'order' must not be null");
		Assert.isTrue(offset >= 0, "'offset' must not be negative");
		Assert.isTrue(limit >= 0, "'limit' must not be negative");
		Map<String, T> values = this.gather.perShard();
		List<RowSource<E>> sources = new ArrayList<>();
		values.forEach((shard, value) -> sources.add(new Rows<>(shard, this.rows.apply(value).iterator(), order)));
		List<E> merged = new ArrayList<>();
		try {
			new KWayMerge<>(sources, order).merge(offset, limit, merged::add);
		}
		catch (RowOrderException ex) {
			Map<String, Outcome> outcomes = new LinkedHashMap<>();
			values.keySet()
				.forEach((shard) -> outcomes.put(shard,
						shard.equals(ex.shard()) ? new Outcome(State.FAILED, ex) : new Outcome(State.DONE, null)));
			throw FanOutEnd.FAILURE.exception(this.gather.settings(), outcomes, ex);
		}
		return merged;
	}

	/**
	 * The rows of a shard.
	 */
	private static final class Rows<E> implements RowSource<E> {

		private final String shard;

		private final Iterator<? extends E> iterator;

		private final Comparator<? super E> order;

		private @Nullable E last;

		private long number;

		Rows(String shard, Iterator<? extends E> iterator, Comparator<? super E> order) {
			this.shard = shard;
			this.iterator = iterator;
			this.order = order;
		}

		@Override
		public @Nullable E next() {
			if (!this.iterator.hasNext()) {
				return null;
			}
			E row = this.iterator.next();
			Assert.notNull(row, () -> "A row of " + this.shard + " is null");
			this.number++;
			if (this.last != null && this.order.compare(this.last, row) > 0) {
				throw new RowOrderException(this.shard, this.number);
			}
			this.last = row;
			return row;
		}

	}

}
