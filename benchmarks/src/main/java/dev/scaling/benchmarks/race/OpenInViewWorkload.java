package dev.scaling.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.scaling.test.PostgresCluster;

/**
 * Requests that keep a persistence context open for 50 ms and use the database for one,
 * twenty times as many as there are connections.
 */
final class OpenInViewWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.BARE, Competitor.LAZY_PROXY,
			Competitor.SCALING);

	private static final Map<String, String> PROPERTIES = Map.of("spring.datasource.hikari.maximum-pool-size", "10");

	@Override
	public void run(Effort effort, Figures figures) {
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(1).start()) {
			ReadWorkload.createTable(cluster);
			List<Lane> lanes = new ArrayList<>();
			try {
				COMPETITORS.forEach((competitor) -> lanes
					.add(Lane.startWithJpa(competitor, ReadWorkload.nodes(cluster), PROPERTIES)));
				// Less than a second is not many times 50 ms.
				for (int round = (effort == Effort.SMOKE) ? 0 : -1; round < Math.min(effort.rounds(), 5); round++) {
					for (Lane lane : lanes) {
						double rate = lane
							.run("open-in-view", "threads", 200, "pause", 50, "millis",
									Math.max(effort.millis() * 3, 1000))
							.getOrDefault("rate", Double.NaN);
						if (round >= 0) {
							figures.add(Measure.W7_REQUESTS, "200 requests at a time", lane.competitor(), round, rate);
						}
					}
				}
			}
			finally {
				lanes.forEach(Lane::close);
			}
		}
	}

}
