package dev.scaling.benchmarks.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * As many {@code users} at a time, who change a row {@code writes} times, and read it
 * {@code reads} times after each change, each time with a request of its own, at random
 * times in {@code millis}. The keys start at {@code id}. Answers with the number of
 * {@code reads}, of {@code stale} ones and of those {@code onReplicas}.
 */
class ThinkingWorkload implements Workload {

	private final Contender contender;

	private final Reader reader;

	private final Writer writer;

	private long written;

	ThinkingWorkload(Contender contender, Reader reader, Writer writer) {
		this.contender = contender;
		this.reader = reader;
		this.writer = writer;
	}

	@Override
	public Map<String, Double> run(Order order) throws Exception {
		int users = order.number("users");
		int writes = order.number("writes");
		long first = this.written;
		this.written += writes;
		SessionWorkload.Reads reads = new SessionWorkload.Reads();
		ExecutorService executor = Executors.newFixedThreadPool(users);
		try {
			List<Future<?>> threads = new ArrayList<>();
			for (int number = 0; number < users; number++) {
				long id = order.number("id") + number;
				threads.add(executor.submit(() -> {
					sleep(ThreadLocalRandom.current().nextLong(order.number("millis")));
					User user = this.contender.user();
					for (int i = 1; i <= writes; i++) {
						writeAndRead(user, id, first + i, order, reads);
					}
					return id;
				}));
			}
			for (Future<?> thread : threads) {
				thread.get(2, TimeUnit.MINUTES);
			}
		}
		finally {
			executor.shutdownNow();
		}
		return reads.figures();
	}

	private void writeAndRead(User user, long id, long value, Order order, SessionWorkload.Reads reads) {
		user.request(() -> {
			this.writer.write(id, Long.toString(value));
			return value;
		});
		long start = System.nanoTime();
		ThreadLocalRandom.current().longs(order.number("reads"), 0, order.number("millis")).sorted().forEach((at) -> {
			sleep(at - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
			user.request(() -> reads.read(this.reader, id, value));
		});
	}

	private static void sleep(long millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
