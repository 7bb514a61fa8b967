package dev.scaling.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads and inserts of one row by its key, over four shards. The rows that were inserted
 * have to be on the shards that own them.
 */
final class ShardWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.SHARDING_SPHERE, Competitor.BY_HAND,
			Competitor.SCALING);

	private static final int ROWS = 40_000;

	private static final int MOST_THREADS = 8;

	@Override
	public void run(Effort effort, Figures figures) {
		for (int start = 0; start < effort.starts(); start++) {
			race(effort, start, figures);
		}
	}

	private static void race(Effort effort, int start, Figures figures) {
		try (ShardDatabases databases = new ShardDatabases()) {
			List<Lane> lanes = new ArrayList<>();
			try {
				for (Competitor competitor : COMPETITORS.stream().filter(Competitor::isBuilt).toList()) {
					lanes.add(Lane.start(competitor, databases.create(competitor), Map.of()));
					databases.fill(competitor, ROWS);
				}
				for (Lane lane : lanes) {
					for (int inserts : new int[] { 0, 1 }) {
						WarmUp.run(effort, lane, "shard", "threads", MOST_THREADS, "inserts", inserts, "rows", ROWS);
					}
				}
				for (int inserts : new int[] { 0, 1 }) {
					for (int threads : new int[] { 1, MOST_THREADS }) {
						String when = threads + ((threads > 1) ? " threads" : " thread");
						boolean alone = threads == 1;
						int millis = alone ? effort.millis() / 2 : effort.millis();
						Rounds.run(effort, start, alone ? ReadWorkload.ALONE : 1, lanes,
								(lane) -> figure(run(lane, threads, inserts, millis), "rate"),
								(competitor, round, rate) -> figures.add(
										(inserts > 0) ? Measure.W3_INSERT : Measure.W3_GET, when, competitor, round,
										rate));
					}
				}
				for (Lane lane : lanes) {
					double inserted = figure(run(lane, 1, 0, 1), "inserted");
					databases.verify(lane.competitor(), ROWS + (long) inserted);
				}
			}
			finally {
				lanes.forEach(Lane::close);
			}
		}
	}

	private static Map<String, Double> run(Lane lane, int threads, int inserts, int millis) {
		return lane.call("shard", "threads", threads, "inserts", inserts, "rows", ROWS, "millis", millis);
	}

	private static double figure(Map<String, Double> answer, String name) {
		return answer.getOrDefault(name, Double.NaN);
	}

}
