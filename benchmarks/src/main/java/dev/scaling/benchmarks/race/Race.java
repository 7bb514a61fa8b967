package dev.scaling.benchmarks.race;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs workloads with all contenders and writes what it measured to
 * {@code benchmarks/target/figures/WORKLOAD.csv}.
 */
public final class Race {

	private static final Path FIGURES = Path.of("benchmarks", "target", "figures");

	private Race() {
	}

	/**
	 * Runs workloads.
	 * @param args the names of the workloads, all without one, and {@code smoke},
	 * {@code quick} or {@code full} (the default)
	 * @throws IOException if the figures cannot be written
	 */
	public static void main(String[] args) throws IOException {
		Map<String, Workload> workloads = workloads();
		Effort effort = Effort.FULL;
		Map<String, Workload> chosen = new LinkedHashMap<>();
		for (String arg : args) {
			if (workloads.containsKey(arg)) {
				chosen.put(arg, workloads.get(arg));
			}
			else if (Stream.of(Effort.values()).map(Race::name).anyMatch(arg::equals)) {
				effort = Effort.valueOf(arg.toUpperCase(Locale.ROOT));
			}
			else {
				throw new IllegalArgumentException("There is no '%s': choose of %s and of %s".formatted(arg,
						workloads.keySet(), Stream.of(Effort.values()).map(Race::name).toList()));
			}
		}
		for (Map.Entry<String, Workload> workload : (chosen.isEmpty() ? workloads : chosen).entrySet()) {
			System.out.printf("%n%s, %s%n", workload.getKey(), name(effort));
			Figures figures = new Figures();
			workload.getValue().run(effort, figures);
			figures.write(FIGURES.resolve(workload.getKey() + ".csv"));
			figures.measures().forEach((measure) -> System.out.printf("%n%s", new Table(figures, measure)));
		}
	}

	private static Map<String, Workload> workloads() {
		Map<String, Workload> workloads = new LinkedHashMap<>();
		workloads.put("w1", new CallWorkload());
		workloads.put("w2", new ReadWorkload());
		workloads.put("w3", new ShardWorkload());
		workloads.put("w4", new GatherWorkload());
		workloads.put("w5", new StartWorkload());
		workloads.put("w6", new SessionWorkload());
		workloads.put("w7", new OpenInViewWorkload());
		workloads.put("w8", new FaultWorkload());
		workloads.put("w9", new ScaleWorkload());
		workloads.put("w9-shards", new ShardScaleWorkload());
		workloads.put("w10", new CapacityWorkload());
		return workloads;
	}

	private static String name(Effort effort) {
		return effort.name().toLowerCase(Locale.ROOT);
	}

}
