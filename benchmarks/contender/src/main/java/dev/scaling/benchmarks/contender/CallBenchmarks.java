package dev.scaling.benchmarks.contender;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link CallBenchmark} once, in a JVM of its own for each of its methods.
 */
public final class CallBenchmarks {

	private CallBenchmarks() {
	}

	/**
	 * Runs the benchmark and prints one {@link Order} for each result, which is named as
	 * the method: {@code time} and {@code cpu} in nanoseconds, and {@code bytes}, each as
	 * the median of all iterations.
	 * @param args the name of the contender, {@code true} for a run that only shows that
	 * it works, then the methods with their number of threads, such as {@code template:1}
	 * @throws RunnerException if a benchmark fails
	 */
	public static void main(String[] args) throws RunnerException {
		for (int i = 2; i < args.length; i++) {
			String method = args[i].substring(0, args[i].indexOf(':'));
			ChainedOptionsBuilder options = new OptionsBuilder()
				.include(CallBenchmark.class.getName() + "." + method + "$")
				.param("name", args[0])
				.threads(Integer.parseInt(args[i].substring(method.length() + 1)))
				.forks(1)
				.jvmArgs("-Xms2g", "-Xmx2g", "-XX:+UseG1GC")
				.addProfiler(GCProfiler.class)
				.addProfiler(CpuProfiler.class)
				.shouldFailOnError(true)
				.verbosity(VerboseMode.SILENT);
			if (Boolean.parseBoolean(args[1])) {
				options.param("warmUpCalls", "100")
					.param("longestWarmUp", "0")
					.warmupIterations(0)
					.measurementIterations(1);
			}
			RunResult result = new Runner(options.build()).runSingle();
			System.out.println(new Order(args[i],
					Map.of("time", median(result.getPrimaryResult()), "cpu",
							median(result.getSecondaryResults().get(CpuProfiler.TIME)), "bytes",
							median(result.getSecondaryResults().get("gc.alloc.rate.norm")))));
		}
	}

	private static String median(@Nullable Result<?> result) {
		return String.valueOf((result != null) ? result.getStatistics().getPercentile(50) : Double.NaN);
	}

}
