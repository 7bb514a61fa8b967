package dev.scaling.test;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Bounded waiting.
 */
final class Condition {

	private static final long INTERVAL_NANOS = Duration.ofMillis(10).toNanos();

	private Condition() {
	}

	static boolean await(Duration timeout, BooleanSupplier condition) {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (!condition.getAsBoolean()) {
			if (Thread.currentThread().isInterrupted() || System.nanoTime() - deadline > 0) {
				return false;
			}
			LockSupport.parkNanos(INTERVAL_NANOS);
		}
		return true;
	}

}
