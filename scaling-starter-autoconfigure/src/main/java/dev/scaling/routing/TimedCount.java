package dev.scaling.routing;

import java.util.concurrent.atomic.LongAdder;

/**
 * How often something has happened, and how long it took in all. Thread-safe.
 *
 * @since 0.1.0
 */
public final class TimedCount {

	private final LongAdder count = new LongAdder();

	private final LongAdder nanoseconds = new LongAdder();

	/**
	 * It has happened once more.
	 * @param nanoseconds how long it took, in nanoseconds
	 */
	public void add(long nanoseconds) {
		this.count.increment();
		this.nanoseconds.add(nanoseconds);
	}

	/**
	 * How often it has happened since the start.
	 * @return the number of times
	 */
	public long count() {
		return this.count.sum();
	}

	/**
	 * How long it took in all since the start.
	 * @return the time in nanoseconds
	 */
	public long nanoseconds() {
		return this.nanoseconds.sum();
	}

}
