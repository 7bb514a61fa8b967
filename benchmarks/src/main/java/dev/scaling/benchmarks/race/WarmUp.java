package dev.scaling.benchmarks.race;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Calls until the compilers of a contender have nothing left to do.
 */
final class WarmUp {

	private static final int MILLIS = 1000;

	private static final int LONGEST = 40;

	private static final int QUIET_IN_A_ROW = 3;

	/**
	 * How much of the time the compilers may still work.
	 */
	private static final double QUIET = 0.1;

	private WarmUp() {
	}

	/**
	 * Warms a contender up.
	 * @param effort how long at least
	 * @param lane the contender
	 * @param workload the name of the workload, whose answer has the milliseconds that
	 * were {@code compiled}
	 * @param parameters its parameters but for the time, in pairs of name and value
	 * @throws IllegalStateException if a call fails
	 */
	static void run(Effort effort, Lane lane, String workload, Object... parameters) {
		int millis = (effort == Effort.SMOKE) ? effort.millis() : MILLIS;
		Object[] all = Stream.concat(Arrays.stream(parameters), Stream.of("millis", millis, "rest", true)).toArray();
		int longest = (effort == Effort.SMOKE) ? 1 : LONGEST;
		int quiet = 0;
		for (int i = 0; i < longest && quiet < QUIET_IN_A_ROW; i++) {
			double compiled = lane.call(workload, all).getOrDefault("compiled", Double.NaN);
			quiet = (compiled < QUIET * millis) ? quiet + 1 : 0;
		}
	}

}
