package dev.scaling.benchmarks.race;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.scaling.benchmarks.contender.Nodes;

/**
 * Work on all of four shards: something slow, the first rows in order, and all rows in
 * order, with little memory. The answers are verified. All rows are read by processes of
 * their own, one after the other; there is no figure of one that lacks the memory.
 */
final class GatherWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.SHARDING_SPHERE, Competitor.BY_HAND,
			Competitor.BY_HAND_LOOP, Competitor.SCALING);

	/**
	 * By hand they read all rows in the same way.
	 */
	private static final List<Competitor> SCANNERS = List.of(Competitor.SHARDING_SPHERE, Competitor.BY_HAND_LOOP,
			Competitor.SCALING);

	private static final List<String> LITTLE_MEMORY = List.of("-Xmx96m", "-XX:+UseG1GC");

	private static final int ROWS = 40_000;

	private static final int MANY_ROWS = 1_000_000;

	private static final int WARM_UP_ROWS = 3 * MANY_ROWS;

	private static final int FIRST = 20;

	private static final int SCANS = 3;

	@Override
	public void run(Effort effort, Figures figures) {
		try (ShardDatabases databases = new ShardDatabases()) {
			Map<Competitor, Nodes> nodes = new EnumMap<>(Competitor.class);
			for (Competitor competitor : COMPETITORS.stream().filter(Competitor::isBuilt).toList()) {
				nodes.put(competitor, databases.create(competitor));
				databases.fill(competitor, ROWS);
			}
			gather(effort, figures, nodes);
			scan(effort, figures, nodes, ROWS);
			if (effort != Effort.SMOKE) {
				nodes.keySet()
					.stream()
					.filter(SCANNERS::contains)
					.forEach((scanner) -> databases.fill(scanner, MANY_ROWS));
				scan(effort, figures, nodes, MANY_ROWS);
			}
		}
	}

	private static void gather(Effort effort, Figures figures, Map<Competitor, Nodes> nodes) {
		List<Lane> lanes = new ArrayList<>();
		try {
			nodes.forEach((competitor, its) -> lanes.add(Lane.start(competitor, its, Map.of())));
			for (Lane lane : lanes) {
				// The first rows come faster, and most of the code is the same.
				for (int first : new int[] { FIRST, 0 }) {
					WarmUp.run(effort, lane, "gather", "threads", 1, "first", first, "rows", ROWS);
				}
			}
			for (int first : new int[] { 0, FIRST }) {
				Rounds.run(effort, lanes,
						(lane) -> lane
							.call("gather", "threads", 1, "first", first, "rows", ROWS, "millis", effort.millis())
							.getOrDefault("rate", Double.NaN),
						(competitor, round, rate) -> figures.add((first > 0) ? Measure.W4_FIRST : Measure.W4_GATHER,
								"one caller", competitor, round, rate));
			}
		}
		finally {
			lanes.forEach(Lane::close);
		}
	}

	private static void scan(Effort effort, Figures figures, Map<Competitor, Nodes> nodes, int rows) {
		String when = "%d rows".formatted(rows);
		int warmUps = (effort != Effort.SMOKE) ? WARM_UP_ROWS / rows : 1;
		for (Competitor competitor : SCANNERS) {
			if (nodes.containsKey(competitor)) {
				try (Lane lane = Lane.start(competitor, nodes.get(competitor), Map.of(), LITTLE_MEMORY)) {
					boolean read = true;
					for (int i = 0; read && i < warmUps; i++) {
						read = !lane.run("scan", "rows", rows).getOrDefault("rate", Double.NaN).isNaN();
					}
					for (int round = 0; read && round < Math.min(effort.rounds(), SCANS); round++) {
						Map<String, Double> answer = lane.run("scan", "rows", rows);
						figures.add(Measure.W4_SCAN, when, competitor, round, answer.getOrDefault("rate", Double.NaN));
						figures.add(Measure.W4_HEAP, when, competitor, round, answer.getOrDefault("heap", Double.NaN));
					}
				}
			}
		}
	}

}
