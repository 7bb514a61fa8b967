package dev.scaling.benchmarks.contender;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * As many calls as {@code threads} make in {@code millis}, each of which reads a row by
 * its key, or inserts one if {@code inserts} is not 0. The keys of the table are 0 to
 * {@code rows}. Answers with the {@code rate} of calls a second, the number of
 * {@code failures}, wrong rows among them, and of rows that were {@code inserted} since
 * the process began.
 */
class ShardRateWorkload implements Workload {

	private final ShardStore store;

	private final AtomicLong inserted = new AtomicLong();

	ShardRateWorkload(ShardStore store) {
		this.store = store;
	}

	@Override
	public Map<String, Double> run(Order order) throws InterruptedException {
		long rows = order.number("rows");
		Map<String, Double> figures = new HashMap<>(
				RateWorkload.rate(order, (order.number("inserts") != 0) ? () -> insert(rows) : () -> get(rows)));
		figures.put("inserted", this.inserted.doubleValue());
		return figures;
	}

	private void get(long rows) {
		long id = ThreadLocalRandom.current().nextLong(rows);
		String name = this.store.get(id);
		if (!name.equals(Items.nameOf(id))) {
			throw new IllegalStateException("The key %d has '%s'".formatted(id, name));
		}
	}

	private void insert(long rows) {
		this.store.insert(rows + this.inserted.getAndIncrement());
	}

}
