package dev.scaling.benchmarks.contender.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

import dev.scaling.benchmarks.contender.Items;
import dev.scaling.benchmarks.contender.Nodes;

import org.springframework.core.env.Environment;

/**
 * Works on all shards with a thread for each of them, and without the deadline and the
 * cancelling that one would want.
 */
class ThreadedShardMap extends ShardMap {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	ThreadedShardMap(Nodes nodes, Environment environment) {
		super(nodes, environment);
	}

	@Override
	<T> List<T> onAll(Function<Items, T> work) {
		List<CompletableFuture<T>> results = new ArrayList<>();
		shards().forEach((shard) -> results.add(CompletableFuture.supplyAsync(() -> shard.read(work), this.threads)));
		return results.stream().map(CompletableFuture::join).toList();
	}

	@Override
	public void destroy() {
		this.threads.shutdown();
		super.destroy();
	}

}
