package dev.scaling.benchmarks.contender.scaling;

import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.scaling.ShardingStrategy;
import dev.scaling.benchmarks.contender.Order;
import dev.scaling.benchmarks.contender.Workload;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.sharding.ConsistentHashSharding;
import dev.scaling.sharding.DirectoryOptions;
import dev.scaling.sharding.DirectoryOptions.Propagation;
import dev.scaling.sharding.DirectorySharding;
import dev.scaling.sharding.HashFunction;
import dev.scaling.sharding.HashSharding;
import dev.scaling.sharding.KeyRange;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.RangeSharding;
import dev.scaling.sharding.ShardKeyType;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;

/**
 * Finds the shards of the keys from 0 to {@code keys}, again and again, with a
 * {@code strategy} for a number of {@code shards}. Answers with the nanoseconds that one
 * takes ({@code time}) in {@code millis} after as long a warm-up, and with the
 * {@code bytes} of the heap that a key takes once its shard was found.
 */
class LocateWorkload implements Workload {

	/**
	 * So few that the keys themselves are not what is measured.
	 */
	private static final int BATCH = 1000;

	@Override
	public Map<String, Double> run(Order order) throws Exception {
		List<String> shards = IntStream.range(0, order.number("shards")).mapToObj((index) -> "shard-" + index).toList();
		int keys = order.number("keys");
		long time = TimeUnit.MILLISECONDS.toNanos(order.number("millis"));
		ShardingStrategy strategy = strategy(order.text("strategy"), shards, keys);
		try {
			long before = heap();
			for (long key = 0; key < keys; key++) {
				verify(strategy, key, shards);
			}
			double bytes = (heap() - before) / (double) keys;
			time(strategy, keys, time);
			return Map.of("time", time(strategy, keys, time), "bytes", bytes);
		}
		finally {
			if (strategy instanceof AutoCloseable closeable) {
				closeable.close();
			}
		}
	}

	private static void verify(ShardingStrategy strategy, long key, List<String> shards) {
		String shard = strategy.shardOf(key);
		boolean right = (strategy instanceof DirectorySharding) ? StubDirectory.shardOf(key, shards).equals(shard)
				: shards.contains(shard);
		if (!right) {
			throw new IllegalStateException("%s owns the key %d".formatted(shard, key));
		}
	}

	private static double time(ShardingStrategy strategy, int keys, long time) {
		long calls = 0;
		long key = 0;
		long found = 0;
		long start = System.nanoTime();
		do {
			for (int i = 0; i < BATCH; i++) {
				key = (key + 7919) % keys;
				String shard = strategy.shardOf(key);
				found += (shard != null) ? shard.length() : 0;
			}
			calls += BATCH;
		}
		while (System.nanoTime() - start < time);
		double nanos = (System.nanoTime() - start) / (double) calls;
		if (found < calls) {
			throw new IllegalStateException("Only %d of %d".formatted(found, calls));
		}
		return nanos;
	}

	private static long heap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private static ShardingStrategy strategy(String name, List<String> shards, int keys) {
		return switch (name) {
			case "hash" -> new HashSharding(HashFunction.MD5, shards);
			case "consistent-hash" -> new ConsistentHashSharding(shards);
			case "range" -> RangeSharding.of(ShardKeyType.NUMBER, ranges(shards, keys));
			case "directory" -> directory(shards, keys);
			default -> throw new IllegalArgumentException("There is no strategy '%s'".formatted(name));
		};
	}

	private static List<KeyRange> ranges(List<String> shards, int keys) {
		List<KeyRange> ranges = new ArrayList<>();
		for (int i = 0; i < shards.size(); i++) {
			ranges.add(new KeyRange("range-" + i, shards.get(i), Long.toString((long) i * keys / shards.size()),
					Long.toString((i + 1L) * keys / shards.size())));
		}
		return ranges;
	}

	private static ShardingStrategy directory(List<String> shards, int keys) {
		DirectoryOptions defaults = DirectoryOptions.defaults();
		LiveTopology cluster = new LiveTopology(
				new NodePool(new Node("primary", Node.MAIN_CLUSTER, NodeRole.PRIMARY, null, 1, true),
						StubDirectory.dataSource(shards)),
				List.of(), Clock.systemUTC());
		DirectoryOptions options = new DirectoryOptions(defaults.unknownKeys(), Math.max(keys, defaults.cacheSize()),
				Propagation.POLL, defaults.pollInterval(), defaults.maxAge(), false, defaults.timeout());
		DirectorySharding strategy = new DirectorySharding(
				new KeyspaceDefinition("tenants", shards, "directory", () -> {
					throw new IllegalStateException("Only its names are needed");
				}, Map.of()), () -> cluster, options, () -> {
					throw new SQLException("Nothing ever changes", "42P01");
				}, null, () -> {
				});
		return strategy;
	}

}
