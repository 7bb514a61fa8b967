package dev.scaling.benchmarks.contender;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One session that changes the row {@code id} and reads it at once, {@code writes} times,
 * {@code inside} of the writing transaction or after it. Answers with the number of
 * {@code stale} reads and of those {@code onReplicas}.
 */
class SessionWorkload implements Workload {

	/**
	 * Twice the number that was written, and one if it was read on a replica.
	 */
	private static final String READ = """
			SELECT 2 * CAST(name AS bigint) + CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END FROM node WHERE id = %d""";

	private final Contender contender;

	private final Reader reader;

	private final Writer writer;

	private final AtomicLong written = new AtomicLong();

	SessionWorkload(Contender contender, Reader reader, Writer writer) {
		this.contender = contender;
		this.reader = reader;
		this.writer = writer;
	}

	@Override
	public Map<String, Double> run(Order order) {
		int writes = order.number("writes");
		long id = order.number("id");
		boolean inside = Boolean.parseBoolean(order.text("inside"));
		return this.contender.inSession(() -> {
			Reads reads = new Reads();
			for (int i = 0; i < writes; i++) {
				long value = this.written.incrementAndGet();
				String name = Long.toString(value);
				if (inside) {
					reads.add(this.writer.write(id, name, () -> this.reader.query(READ.formatted(id))), value);
				}
				else {
					this.writer.write(id, name);
					reads.add(this.reader.query(READ.formatted(id)), value);
				}
			}
			return reads.figures();
		});
	}

	/**
	 * Reads of what was written before.
	 */
	static final class Reads {

		private final AtomicLong all = new AtomicLong();

		private final AtomicLong stale = new AtomicLong();

		private final AtomicLong onReplicas = new AtomicLong();

		/**
		 * Reads a row.
		 * @param reader what reads
		 * @param id the key of the row
		 * @param written the number that was written to it last
		 * @return the answer
		 */
		long read(Reader reader, long id, long written) {
			long answer = reader.query(READ.formatted(id));
			add(answer, written);
			return answer;
		}

		private void add(long answer, long written) {
			this.all.incrementAndGet();
			this.stale.addAndGet((answer / 2 < written) ? 1 : 0);
			this.onReplicas.addAndGet(answer % 2);
		}

		Map<String, Double> figures() {
			return Map.of("reads", this.all.doubleValue(), "stale", this.stale.doubleValue(), "onReplicas",
					this.onReplicas.doubleValue());
		}

	}

}
