package dev.scaling.sharding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.scaling.ShardReader;
import dev.scaling.SortedGather;

import org.springframework.util.Assert;

/**
 * {@link SortedGather} that an executor runs.
 *
 * @param executor runs the readers
 * @param settings how they run
 * @param reader reads a shard
 * @param order the order of the rows
 * @param <E> the type of the rows
 */
record ShardSortedGather<E>(GatherExecutor executor, FanOutSettings settings, ShardReader<E> reader,
		Comparator<? super E> order) implements SortedGather<E> {

	private SortedGather<E> with(FanOutSettings settings) {
		return new ShardSortedGather<>(this.executor, settings, this.reader, this.order);
	}

	@Override
	public SortedGather<E> withShards(Collection<String> shards) {
		return with(this.settings.withShards(shards));
	}

	@Override
	public SortedGather<E> withTimeout(Duration timeout) {
		return with(this.settings.withTimeout(timeout));
	}

	@Override
	public SortedGather<E> partial(BiConsumer<? super String, ? super Throwable> failures) {
		return with(this.settings.partial(failures));
	}

	@Override
	public List<E> list(long offset, int limit) {
		Assert.isTrue(offset >= 0, "'offset' must not be negative");
		Assert.isTrue(limit >= 0, "'limit' must not be negative");
		List<E> rows = new ArrayList<>();
		this.executor.merge(this, offset, limit, rows::add);
		return rows;
	}

	@Override
	public void forEach(Consumer<? super E> rows) {
		Assert.notNull(rows, "'rows' must not be null");
		this.executor.merge(this, 0, Long.MAX_VALUE, rows);
	}

}
