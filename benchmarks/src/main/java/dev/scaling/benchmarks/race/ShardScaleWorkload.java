package dev.scaling.benchmarks.race;

import java.util.List;
import java.util.Map;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.scaling.benchmarks.contender.Nodes;

/**
 * What it takes the starter to find the shard of a key, with more and more shards, and in
 * a directory with more and more keys, which it has asked for before. There is no server.
 * Caffeine, which a directory needs, is added here, so that it does not count as one of
 * the jars of applications without one.
 */
final class ShardScaleWorkload implements Workload {

	private static final List<String> JVM = List.of("-Xmx1g", "-XX:+UseG1GC",
			"-Xbootclasspath/a:" + Caffeine.class.getProtectionDomain().getCodeSource().getLocation().getPath());

	private static final int KEYS = 1000;

	private static final int SHARDS = 4;

	@Override
	public void run(Effort effort, Figures figures) {
		for (int round = 0; round < Math.min(effort.rounds(), 3); round++) {
			try (Lane lane = Lane.start(Competitor.SCALING, Nodes.stub(1), Map.of(), JVM)) {
				for (int shards : new int[] { 2, 4, 8, 16, 32, 64 }) {
					String when = shards + " shards";
					figures.add(Measure.W9_HASH, when, Competitor.SCALING, round,
							figure(lane, "hash", shards, KEYS, effort, "time"));
					figures.add(Measure.W9_CONSISTENT_HASH, when, Competitor.SCALING, round,
							figure(lane, "consistent-hash", shards, KEYS, effort, "time"));
					figures.add(Measure.W9_RANGE, when, Competitor.SCALING, round,
							figure(lane, "range", shards, KEYS, effort, "time"));
					figures.add(Measure.W9_DIRECTORY, when, Competitor.SCALING, round,
							figure(lane, "directory", shards, KEYS, effort, "time"));
				}
				for (int keys : new int[] { 1000, 10_000, 100_000, 1_000_000 }) {
					String when = keys + " keys";
					figures.add(Measure.W9_DIRECTORY, when, Competitor.SCALING, round,
							figure(lane, "directory", SHARDS, keys, effort, "time"));
					figures.add(Measure.W9_DIRECTORY_BYTES, when, Competitor.SCALING, round,
							figure(lane, "directory", SHARDS, keys, effort, "bytes"));
				}
			}
		}
	}

	private static double figure(Lane lane, String strategy, int shards, int keys, Effort effort, String name) {
		return lane.run("locate", "strategy", strategy, "shards", shards, "keys", keys, "millis", effort.millis())
			.getOrDefault(name, Double.NaN);
	}

}
