package dev.scaling.benchmarks;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks and prints how each variant compares with {@link Variant#BARE}.
 * Takes JMH's options.
 * <p>
 * The variants take turns: each round measures every one of them in a JVM of its own, and
 * compares only what was measured in the same round, because a machine that others use
 * may be slower in one minute than in the next.
 */
public final class Benchmarks {

	private static final int DEFAULT_ROUNDS = 3;

	private Benchmarks() {
	}

	/**
	 * Runs the benchmarks.
	 * @param args the options of JMH; the number of forks is the number of rounds
	 * @throws CommandLineOptionException if an option is wrong
	 * @throws RunnerException if a benchmark fails
	 */
	public static void main(String[] args) throws CommandLineOptionException, RunnerException {
		CommandLineOptions commandLine = new CommandLineOptions(args);
		int rounds = commandLine.getForkCount().orElse(DEFAULT_ROUNDS);
		Options options = new OptionsBuilder().parent(commandLine)
			.forks(1)
			.addProfiler(GCProfiler.class)
			.addProfiler(CpuProfiler.class)
			.shouldFailOnError(true)
			.verbosity(commandLine.verbosity().orElse(VerboseMode.SILENT))
			.build();
		Comparison comparison = new Comparison();
		for (int round = 1; round <= rounds; round++) {
			System.out.println("Round " + round + " of " + rounds);
			comparison.add(new Runner(options).run());
		}
		System.out.print(comparison);
	}

}
