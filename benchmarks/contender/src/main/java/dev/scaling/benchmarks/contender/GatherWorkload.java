package dev.scaling.benchmarks.contender;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * How many times a second one caller asks all shards, in {@code millis}: for the
 * {@code first} rows, or for something slow if that is 0. The keys of the table are 0 to
 * {@code rows}. Answers with the {@code rate}, and fails at the first wrong answer.
 */
class GatherWorkload implements Workload {

	private final ShardStore store;

	GatherWorkload(ShardStore store) {
		this.store = store;
	}

	@Override
	public Map<String, Double> run(Order order) {
		int first = order.number("first");
		long rows = order.number("rows");
		List<String> expected = LongStream.range(0, first).mapToObj((row) -> Items.nameOf(rows - 1 - row)).toList();
		long time = TimeUnit.MILLISECONDS.toNanos(order.number("millis"));
		long calls = 0;
		long start = System.nanoTime();
		do {
			if (first > 0) {
				verify(expected, this.store.first(first));
			}
			else {
				verify(Items.COUNTED, this.store.gather());
			}
			calls++;
		}
		while (System.nanoTime() - start < time);
		return Map.of("rate", calls / ((System.nanoTime() - start) / 1e9));
	}

	private static void verify(Object expected, Object answer) {
		if (!expected.equals(answer)) {
			throw new IllegalStateException("%s instead of %s".formatted(answer, expected));
		}
	}

}
