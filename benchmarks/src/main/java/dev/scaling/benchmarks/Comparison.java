package dev.scaling.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What was measured in all rounds, each variant beside the {@linkplain Variant#BARE bare}
 * one of its round.
 */
final class Comparison {

	private static final String HEADER = "%n%-24s %9s %8s %9s %8s  %-13s %7s %7s%n";

	private static final String LINE = "  %-22s %9.0f %8.3f %9.0f %8.3f  %.3f - %.3f %7.0f %+7.0f%n";

	private final Map<String, Map<Variant, List<Pair>>> calls = new TreeMap<>();

	/**
	 * Adds the results of one round.
	 * @param results one result for each call and variant
	 */
	void add(Collection<RunResult> results) {
		Map<String, Map<Variant, Measured>> round = new TreeMap<>();
		for (RunResult result : results) {
			Variant variant = Variant.valueOf(result.getParams().getParam("variant"));
			round.computeIfAbsent(call(result), (call) -> new EnumMap<>(Variant.class))
				.put(variant, Measured.of(result));
		}
		round.forEach((call, variants) -> add(call, variants, variants.get(Variant.BARE)));
	}

	private void add(String call, Map<Variant, Measured> variants, @Nullable Measured bare) {
		Map<Variant, List<Pair>> pairs = this.calls.computeIfAbsent(call, (name) -> new EnumMap<>(Variant.class));
		variants.forEach((variant, measured) -> pairs.computeIfAbsent(variant, (name) -> new ArrayList<>())
			.add(new Pair(measured, (bare != null) ? bare : Measured.UNKNOWN)));
	}

	private static String call(RunResult result) {
		String name = result.getParams().getBenchmark();
		return name.substring(name.lastIndexOf('.') + 1) + " (threads: " + result.getParams().getThreads() + ")";
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		this.calls.forEach((call, variants) -> {
			text.append(String.format(HEADER, call, "ns", "x bare", "CPU ns", "x bare", "(range)", "bytes", "more"));
			variants.forEach((variant, pairs) -> text.append(line(variant, pairs)));
		});
		return text.toString();
	}

	private static String line(Variant variant, List<Pair> pairs) {
		double[] cpuRatios = sorted(pairs, (measured, bare) -> measured.cpu() / bare.cpu());
		return String.format(Locale.ROOT, LINE, variant, median(sorted(pairs, (measured, bare) -> measured.time())),
				median(sorted(pairs, (measured, bare) -> measured.time() / bare.time())),
				median(sorted(pairs, (measured, bare) -> measured.cpu())), median(cpuRatios), cpuRatios[0],
				cpuRatios[cpuRatios.length - 1], median(sorted(pairs, (measured, bare) -> measured.bytes())),
				median(sorted(pairs, (measured, bare) -> measured.bytes() - bare.bytes())));
	}

	private static double[] sorted(List<Pair> pairs, ToDoubleBiFunction<Measured, Measured> value) {
		return pairs.stream()
			.mapToDouble((pair) -> value.applyAsDouble(pair.measured(), pair.bare()))
			.sorted()
			.toArray();
	}

	private static double median(double... values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
	}

	/**
	 * A variant and the bare one of the same round.
	 *
	 * @param measured the variant
	 * @param bare the bare variant
	 */
	private record Pair(Measured measured, Measured bare) {

	}

	/**
	 * What a call costs, as the median of all iterations.
	 *
	 * @param time nanoseconds on the clock
	 * @param cpu nanoseconds of processor time
	 * @param bytes bytes allocated
	 */
	private record Measured(double time, double cpu, double bytes) {

		private static final Measured UNKNOWN = new Measured(Double.NaN, Double.NaN, Double.NaN);

		private static Measured of(RunResult result) {
			return new Measured(median(result.getPrimaryResult()),
					median(result.getSecondaryResults().get(CpuProfiler.TIME)),
					median(result.getSecondaryResults().get("gc.alloc.rate.norm")));
		}

		private static double median(@Nullable Result<?> result) {
			return (result != null) ? result.getStatistics().getPercentile(50) : Double.NaN;
		}

	}

}
