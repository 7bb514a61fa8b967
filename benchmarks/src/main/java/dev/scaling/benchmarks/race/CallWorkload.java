package dev.scaling.benchmarks.race;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.scaling.benchmarks.contender.CallBenchmarks;
import dev.scaling.benchmarks.contender.Order;

/**
 * What one read-only transaction with one select costs, on nodes that answer at once. A
 * round measures each contender with each call in a JVM of its own.
 */
final class CallWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.BARE, Competitor.LAZY_PROXY,
			Competitor.ROUTING_RECIPE, Competitor.DYNAMIC_DATASOURCE, Competitor.AWS_WRAPPER, Competitor.SCALING,
			Competitor.SCALING_LIGHTWEIGHT, Competitor.SCALING_NO_SESSIONS, Competitor.SCALING_NO_INSIGHT);

	/**
	 * Those that are measured with more and more threads, too.
	 */
	private static final Set<Competitor> CONTENDED = EnumSet.of(Competitor.BARE, Competitor.LAZY_PROXY,
			Competitor.SCALING);

	@Override
	public void run(Effort effort, Figures figures) {
		List<Competitor> competitors = new ArrayList<>(COMPETITORS.stream().filter(Competitor::isBuilt).toList());
		for (int round = 0; round < ((effort == Effort.FULL) ? 3 : 1); round++) {
			Collections.shuffle(competitors);
			for (Competitor competitor : competitors) {
				for (Order result : measure(competitor, effort, calls(competitor, effort))) {
					add(figures, competitor, round, result, result.name());
					if (competitor == Competitor.BARE && result.name().equals("template:1")) {
						add(figures, competitor, round, result, "session:1");
					}
				}
			}
		}
	}

	private static void add(Figures figures, Competitor competitor, int round, Order result, String call) {
		String[] parts = call.split(":");
		String threads = parts[1].equals("1") ? "1 thread" : parts[1] + " threads";
		if (parts[0].equals("annotation") && CONTENDED.contains(competitor)) {
			figures.add(Measure.W1_THREADS, threads, competitor, round, Double.parseDouble(result.text("cpu")));
		}
		if (!parts[1].equals("1") && !parts[1].equals("8")) {
			return;
		}
		String when = parts[0] + " " + threads;
		figures.add(Measure.W1_TIME, when, competitor, round, Double.parseDouble(result.text("time")));
		figures.add(Measure.W1_CPU, when, competitor, round, Double.parseDouble(result.text("cpu")));
		figures.add(Measure.W1_BYTES, when, competitor, round, Double.parseDouble(result.text("bytes")));
	}

	/**
	 * The calls to measure: dynamic-datasource and lightweight reads are chosen by
	 * annotations only, and without sessions, a call in a session is one in a template.
	 */
	private static List<String> calls(Competitor competitor, Effort effort) {
		if (effort == Effort.SMOKE) {
			return List.of("annotation:1");
		}
		return switch (competitor) {
			case DYNAMIC_DATASOURCE, SCALING_LIGHTWEIGHT -> List.of("annotation:1", "annotation:8");
			case SCALING -> List.of("template:1", "annotation:1", "session:1", "annotation:2", "annotation:4",
					"annotation:8", "annotation:16");
			case BARE, LAZY_PROXY ->
				List.of("template:1", "annotation:1", "annotation:2", "annotation:4", "annotation:8", "annotation:16");
			// With more threads than cores its figures differ by factors from run to run.
			case AWS_WRAPPER -> List.of("template:1", "annotation:1");
			default -> List.of("template:1", "annotation:1", "annotation:8");
		};
	}

	private static List<Order> measure(Competitor competitor, Effort effort, List<String> calls) {
		try {
			Files.createDirectories(Lane.LOGS);
			Path log = Files.createTempFile(Lane.LOGS, competitor.contender() + "-", ".log");
			List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
					"-cp", competitor.classPath(), CallBenchmarks.class.getName(), competitor.contender(),
					String.valueOf(effort == Effort.SMOKE)));
			command.addAll(calls);
			Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
			List<Order> results;
			try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
				results = output.lines().map(Order::parse).toList();
			}
			if (process.waitFor() != 0 || results.size() != calls.size()) {
				throw new IllegalStateException(
						"%s did not answer %s; see %s".formatted(competitor.contender(), calls, log));
			}
			return results;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
