package dev.scaling.benchmarks.contender;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The work of this JVM's compilers: code is fast once they have nothing left to do, which
 * on a busy machine takes some seconds, however many calls are made.
 */
final class Compilation {

	private static final int MILLIS = 500;

	private static final int REST_MILLIS = 400;

	private static final int QUIET_IN_A_ROW = 3;

	/**
	 * How much of the time the compilers may still work.
	 */
	private static final double QUIET = 0.1;

	private Compilation() {
	}

	/**
	 * How long the compilers have worked since the start.
	 * @return milliseconds, of all their threads together
	 */
	static long millis() {
		return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
	}

	/**
	 * Lets the compilers work for a while.
	 * @throws InterruptedException if this thread is interrupted
	 */
	static void rest() throws InterruptedException {
		TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
	}

	/**
	 * Calls until the compilers have nothing left to do. Between the calls they have the
	 * processor for themselves: many threads would keep it from them.
	 * @param threads the number of threads that call
	 * @param longest how long that may take, in seconds
	 * @param call the call
	 * @throws InterruptedException if this thread is interrupted
	 */
	static void settle(int threads, int longest, Runnable call) throws InterruptedException {
		Order order = new Order("settle",
				Map.of("threads", String.valueOf(threads), "millis", String.valueOf(MILLIS), "rest", "true"));
		int quiet = 0;
		for (long i = TimeUnit.SECONDS.toMillis(longest) / MILLIS; i > 0 && quiet < QUIET_IN_A_ROW; i--) {
			double compiled = RateWorkload.rate(order, call).getOrDefault("compiled", Double.NaN);
			quiet = (compiled < QUIET * MILLIS) ? quiet + 1 : 0;
		}
	}

}
