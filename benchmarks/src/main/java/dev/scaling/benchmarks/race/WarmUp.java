package dev.scaling.benchmarks.race;

import java.util.Map;
import java.util.function.IntFunction;

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
	 * @param calls makes calls for a number of milliseconds, and answers with the
	 * {@code failures} among them and the milliseconds that were {@code compiled}
	 */
	static void run(Effort effort, IntFunction<Map<String, Double>> calls) {
		if (effort == Effort.SMOKE) {
			calls.apply(effort.millis());
			return;
		}
		int quiet = 0;
		for (int i = 0; i < LONGEST && quiet < QUIET_IN_A_ROW; i++) {
			Map<String, Double> answer = calls.apply(MILLIS);
			if (answer.getOrDefault("failures", Double.NaN) != 0) {
				throw new IllegalStateException("Calls of a contender failed before it was warm: " + answer);
			}
			quiet = (answer.getOrDefault("compiled", Double.NaN) < QUIET * MILLIS) ? quiet + 1 : 0;
		}
	}

}
