package dev.scaling.benchmarks.contender;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.function.Consumer;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Reads all {@code rows} of all shards in order, and looks at each of them. Answers with
 * the {@code rate} of rows a second, and with the megabytes ({@code heap}) by which the
 * heap in use was larger on the way than before, after a collection in both cases. Both
 * are not a number if the rows could not be read, as where there is not enough memory;
 * wrong rows are an error.
 */
class ScanWorkload implements Workload {

	private static final int LOOKS = 10;

	private static final double MEGABYTE = 1024 * 1024;

	private final ShardStore store;

	ScanWorkload(ShardStore store) {
		this.store = store;
	}

	@Override
	public Map<String, Double> run(Order order) {
		long rows = order.number("rows");
		try {
			long start = System.nanoTime();
			scan(new Rows(rows));
			double seconds = (System.nanoTime() - start) / 1e9;
			WeighedRows weighed = new WeighedRows(rows);
			scan(weighed);
			return Map.of("rate", rows / seconds, "heap", weighed.growth());
		}
		catch (DataAccessException | TransactionException | OutOfMemoryError ex) {
			ex.printStackTrace();
			return Map.of("rate", Double.NaN, "heap", Double.NaN);
		}
	}

	private void scan(Rows rows) {
		this.store.scan(rows);
		rows.verifyEnd();
	}

	private static double heap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEGABYTE;
	}

	/**
	 * Takes rows, each of which has to be the next one.
	 */
	private static class Rows implements Consumer<String> {

		private final long expected;

		private long taken;

		Rows(long expected) {
			this.expected = expected;
		}

		@Override
		public void accept(String name) {
			this.taken++;
			if (!name.equals(Items.nameOf(this.expected - this.taken))) {
				throw new IllegalStateException("Row %d of %d is '%s'".formatted(this.taken, this.expected, name));
			}
		}

		long taken() {
			return this.taken;
		}

		void verifyEnd() {
			if (this.taken != this.expected) {
				throw new IllegalStateException("%d rows instead of %d".formatted(this.taken, this.expected));
			}
		}

	}

	/**
	 * Looks at the heap from time to time.
	 */
	private static final class WeighedRows extends Rows {

		private final double before = heap();

		private final long between;

		private double most;

		WeighedRows(long expected) {
			super(expected);
			this.between = Math.max(1, expected / LOOKS);
		}

		@Override
		public void accept(String name) {
			super.accept(name);
			if (taken() % this.between == 1) {
				this.most = Math.max(this.most, heap());
			}
		}

		double growth() {
			return Math.max(0, this.most - this.before);
		}

	}

}
