package dev.scaling.benchmarks.contender;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The work of this JVM's compilers: code is fast once they have nothing left to do, which
 * on a busy machine takes some seconds, however many calls are made.
 */
final class Compilation {

	private static final int MILLIS = 500;

	private static final long REST = TimeUnit.MILLISECONDS.toNanos(400);

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
	 */
	static void rest() {
		long start = System.nanoTime();
		while (System.nanoTime() - start < REST) {
			LockSupport.parkNanos(REST - (System.nanoTime() - start));
		}
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
		Order order = new Order("settle", Map.of("threads", String.valueOf(threads), "millis", String.valueOf(MILLIS)));
		int quiet = 0;
		for (long i = TimeUnit.SECONDS.toMillis(longest) / MILLIS; i > 0 && quiet < QUIET_IN_A_ROW; i--) {
			long before = millis();
			RateWorkload.rate(order, call);
			rest();
			quiet = (millis() - before < QUIET * MILLIS) ? quiet + 1 : 0;
		}
	}

}
