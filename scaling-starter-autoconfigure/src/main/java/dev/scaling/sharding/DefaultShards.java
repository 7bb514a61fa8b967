package dev.scaling.sharding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.scaling.Gather;
import dev.scaling.GatherRows;
import dev.scaling.RoutingContext;
import dev.scaling.RoutingContext.Work;
import dev.scaling.ShardDirectory;
import dev.scaling.ShardLocation;
import dev.scaling.ShardReader;
import dev.scaling.ShardTarget;
import dev.scaling.ShardWork;
import dev.scaling.Shards;
import dev.scaling.SortedGather;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * {@link Shards} of the configured keyspaces.
 *
 * @since 0.1.0
 */
public final class DefaultShards implements Shards {

	private final Keyspaces keyspaces;

	private final GatherExecutor executor;

	private final Function<String, @Nullable ShardDirectory> directories;

	private final @Nullable String keyspace;

	/**
	 * Creates a view on the only keyspace.
	 * @param keyspaces all keyspaces
	 * @param executor runs work on many shards
	 * @param directories gives the directory of a keyspace, or {@code null} if it has
	 * another strategy
	 */
	public DefaultShards(Keyspaces keyspaces, GatherExecutor executor,
			Function<String, @Nullable ShardDirectory> directories) {
		this(keyspaces, executor, directories, null);
	}

	private DefaultShards(Keyspaces keyspaces, GatherExecutor executor,
			Function<String, @Nullable ShardDirectory> directories, @Nullable String keyspace) {
		this.keyspaces = keyspaces;
		this.executor = executor;
		this.directories = directories;
		this.keyspace = keyspace;
	}

	@Override
	public Shards of(String keyspace) {
		return new DefaultShards(this.keyspaces, this.executor, this.directories, this.keyspaces.get(keyspace).name());
	}

	@Override
	public List<String> names() {
		return this.keyspaces.get(this.keyspace).shards();
	}

	@Override
	public ShardDirectory directory() {
		String name = this.keyspaces.get(this.keyspace).name();
		ShardDirectory directory = this.directories.apply(name);
		if (directory == null) {
			throw new IllegalStateException(
					"Keyspace '" + name + "' has no directory: its 'strategy' is not 'directory'");
		}
		return directory;
	}

	@Override
	public ShardLocation locate(Object key) {
		return this.keyspaces.locate(target(key));
	}

	@Override
	public void run(Object key, Runnable work) {
		RoutingContext.at(target(key)).run(work);
	}

	@Override
	public <T extends @Nullable Object, E extends Exception> T call(Object key, Work<T, E> work) throws E {
		return RoutingContext.at(target(key)).call(work);
	}

	@Override
	public void runOn(String shard, Runnable work) {
		RoutingContext.onShard(shard).run(work);
	}

	@Override
	public <T extends @Nullable Object, E extends Exception> T callOn(String shard, Work<T, E> work) throws E {
		return RoutingContext.onShard(shard).call(work);
	}

	@Override
	public <K> Map<String, List<K>> group(Collection<? extends K> keys) {
		Map<String, List<K>> groups = new LinkedHashMap<>();
		names().forEach((shard) -> groups.put(shard, new ArrayList<>()));
		for (K key : keys) {
			Assert.notNull(key, "A key must not be null");
			groups.computeIfAbsent(locate(key).shard(), (shard) -> new ArrayList<>()).add(key);
		}
		groups.values().removeIf(List::isEmpty);
		return groups;
	}

	@Override
	public <T extends @Nullable Object> Gather<T> gather(ShardWork<? extends T> work) {
		return this.executor.gather(names(), work);
	}

	@Override
	public <E> GatherRows<E> gatherRows(ShardWork<? extends Collection<? extends E>> work) {
		return this.executor.gatherRows(names(), work);
	}

	@Override
	public <E> SortedGather<E> gatherSorted(Comparator<? super E> order, ShardReader<E> reader) {
		return this.executor.gatherSorted(names(), order, reader);
	}

	private ShardTarget target(Object key) {
		return (this.keyspace != null) ? ShardTarget.ofKey(this.keyspace, key) : ShardTarget.ofKey(key);
	}

}
