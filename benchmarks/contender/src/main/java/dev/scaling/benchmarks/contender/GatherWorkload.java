package dev.scaling.benchmarks.contender;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * How many times a second a caller asks all shards: for the {@code first} rows, or for
 * something slow if that is 0. The keys of the table are 0 to {@code rows}. Answers with
 * what {@link RateWorkload} does; wrong answers are failures.
 */
class GatherWorkload implements Workload {

	private final ShardStore store;

	GatherWorkload(ShardStore store) {
		this.store = store;
	}

	@Override
	public Map<String, Double> run(Order order) throws InterruptedException {
		int first = order.number("first");
		if (first == 0) {
			return RateWorkload.rate(order, () -> verify(Items.COUNTED, this.store.gather()));
		}
		long rows = order.number("rows");
		List<String> expected = LongStream.range(0, first).mapToObj((row) -> Items.nameOf(rows - 1 - row)).toList();
		return RateWorkload.rate(order, () -> verify(expected, this.store.first(first)));
	}

	private static void verify(Object expected, Object answer) {
		if (!expected.equals(answer)) {
			throw new IllegalStateException("%s instead of %s".formatted(answer, expected));
		}
	}

}
