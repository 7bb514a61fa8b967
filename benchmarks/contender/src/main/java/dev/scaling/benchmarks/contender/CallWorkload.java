package dev.scaling.benchmarks.contender;

import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Nanoseconds that a read takes one thread ({@code time}), in {@code millis} after as
 * long a warm-up.
 */
class CallWorkload implements Workload {

	private final Reader reader;

	CallWorkload(Reader reader) {
		this.reader = reader;
	}

	@Override
	public Map<String, Double> run(Order order) {
		long time = TimeUnit.MILLISECONDS.toNanos(order.number("millis"));
		time(time);
		return Map.of("time", time(time));
	}

	private double time(long time) {
		long calls = 0;
		long start = System.nanoTime();
		do {
			for (int i = 0; i < 100; i++) {
				this.reader.read(i);
			}
			calls += 100;
		}
		while (System.nanoTime() - start < time);
		return (System.nanoTime() - start) / (double) calls;
	}

}
