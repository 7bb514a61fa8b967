package dev.scaling.benchmarks.race;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.scaling.test.PostgresCluster;

/**
 * What a minimal application takes to start, in memory and in jars, with a real primary
 * and replica. Each round starts each contender once.
 */
final class StartWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.BARE, Competitor.LAZY_PROXY,
			Competitor.DYNAMIC_DATASOURCE, Competitor.SHARDING_SPHERE, Competitor.AWS_WRAPPER, Competitor.SCALING);

	private static final List<String> JVM = List.of("-Xmx512m", "-XX:+UseG1GC");

	private static final double MEGABYTE = 1024 * 1024;

	@Override
	public void run(Effort effort, Figures figures) {
		List<Competitor> competitors = COMPETITORS.stream().filter(Competitor::isBuilt).toList();
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(1).start()) {
			ReadWorkload.createTable(cluster);
			for (int round = 0; round < Math.min(effort.rounds(), 7); round++) {
				for (Competitor competitor : competitors) {
					try (Lane lane = Lane.start(competitor, ReadWorkload.nodes(cluster), Map.of(), JVM)) {
						lane.run("rate", "threads", 1, "writes", 10, "millis", effort.millis());
						Map<String, Double> resources = lane.run("resources", "millis", effort.millis());
						figures.add(Measure.W5_START, "start", competitor, round,
								resources.getOrDefault("start", Double.NaN));
						figures.add(Measure.W5_MEMORY, "resident", competitor, round,
								resources.getOrDefault("resident", Double.NaN));
						figures.add(Measure.W5_MEMORY, "heap in use", competitor, round,
								resources.getOrDefault("heap", Double.NaN));
					}
				}
			}
		}
		for (Competitor competitor : competitors) {
			figures.add(Measure.W5_MEMORY, "jars", competitor, 0, size(competitor.libraries()));
			figures.add(Measure.W5_JARS, "jars", competitor, 0, competitor.libraries().size());
		}
	}

	private static double size(List<Path> jars) {
		return jars.stream().mapToDouble((jar) -> {
			try {
				return Files.size(jar) / MEGABYTE;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}).sum();
	}

}
