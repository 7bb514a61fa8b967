package dev.scaling.sharding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collector;

import dev.scaling.Gather;
import dev.scaling.GatherResult;
import dev.scaling.GatherRows;
import dev.scaling.ShardWork;
import org.jspecify.annotations.Nullable;

/**
 * {@link Gather} that an executor runs.
 *
 * @param executor runs the work
 * @param settings how the work runs
 * @param work the work
 * @param <T> the type of the result of a shard
 */
record ShardGather<T extends @Nullable Object>(GatherExecutor executor, FanOutSettings settings,
		ShardWork<? extends T> work) implements Gather<T> {

	private ShardGather<T> with(FanOutSettings settings) {
		return new ShardGather<>(this.executor, settings, this.work);
	}

	@Override
	public ShardGather<T> withShards(Collection<String> shards) {
		return with(this.settings.withShards(shards));
	}

	@Override
	public ShardGather<T> withTimeout(Duration timeout) {
		return with(this.settings.withTimeout(timeout));
	}

	@Override
	public ShardGather<T> withConcurrency(int concurrency) {
		return with(this.settings.withConcurrency(concurrency));
	}

	@Override
	public ShardGather<T> partial(BiConsumer<? super String, ? super Throwable> failures) {
		return with(this.settings.partial(failures));
	}

	@Override
	public <E> GatherRows<E> rows(Function<? super T, ? extends Collection<? extends E>> rows) {
		return new ShardGatherRows<>(this, rows);
	}

	@Override
	public Map<String, T> perShard() {
		GatherResult<T> result = this.executor.run(this, this.settings.isPartial());
		this.settings.report(result.errors());
		return result.values();
	}

	@Override
	public List<T> list() {
		return Collections.unmodifiableList(new ArrayList<>(perShard().values()));
	}

	@Override
	public <R extends @Nullable Object> R collect(Collector<? super T, ?, R> collector) {
		return perShard().values().stream().collect(collector);
	}

	@Override
	public GatherResult<T> result() {
		GatherResult<T> result = this.executor.run(this, true);
		this.settings.report(result.errors());
		return result;
	}

}
