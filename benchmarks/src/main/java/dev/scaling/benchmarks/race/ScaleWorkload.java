package dev.scaling.benchmarks.race;

import java.util.List;
import java.util.Map;

import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.stub.StubDriver;

/**
 * What becomes of the starter with more and more replicas, on nodes that answer at once.
 */
final class ScaleWorkload implements Workload {

	private static final List<Integer> REPLICAS = List.of(1, 2, 4, 8, 16, 32, 63);

	private static final String CONNECT_TIME = "-D" + StubDriver.CONNECT_TIME + "=20";

	@Override
	public void run(Effort effort, Figures figures) {
		for (int round = 0; round < Math.min(effort.rounds(), 3); round++) {
			for (int replicas : REPLICAS) {
				String when = (replicas + 1) + " nodes";
				try (Lane lane = Lane.start(Competitor.SCALING, Nodes.stub(replicas), Map.of(),
						List.of("-Xmx1g", "-XX:+UseG1GC", CONNECT_TIME))) {
					double time = lane.run("call", "millis", effort.millis() * 4).getOrDefault("time", Double.NaN);
					Map<String, Double> resources = lane.run("resources", "millis", effort.millis() * 4);
					figures.add(Measure.W9_CALL, when, Competitor.SCALING, round, time / 1000);
					figures.add(Measure.W9_START, when, Competitor.SCALING, round,
							resources.getOrDefault("start", Double.NaN));
					figures.add(Measure.W9_IDLE, when, Competitor.SCALING, round,
							resources.getOrDefault("idle", Double.NaN));
					figures.add(Measure.W9_HEAP, when, Competitor.SCALING, round,
							resources.getOrDefault("heap", Double.NaN));
				}
			}
		}
	}

}
