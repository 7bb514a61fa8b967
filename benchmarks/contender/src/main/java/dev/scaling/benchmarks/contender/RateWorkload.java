package dev.scaling.benchmarks.contender;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * As many calls as {@code threads} make in {@code millis}, of which {@code writes} in a
 * hundred write. Each row belongs to a user, who has a session. Answers with the
 * {@code rate} of calls a second, the number of {@code failures}, and how many
 * milliseconds the compilers took, {@code compiled}; the first failure is in the log.
 */
class RateWorkload implements Workload {

	/**
	 * The number of rows of the table, whose keys are 0 to 999.
	 */
	static final int ROWS = 1000;

	private final Reader reader;

	private final Writer writer;

	private final Contender contender;

	RateWorkload(Reader reader, Writer writer, Contender contender) {
		this.reader = reader;
		this.writer = writer;
		this.contender = contender;
	}

	@Override
	public Map<String, Double> run(Order order) throws InterruptedException {
		int writes = order.number("writes");
		return rate(order, () -> {
			ThreadLocalRandom random = ThreadLocalRandom.current();
			int id = random.nextInt(ROWS);
			boolean write = random.nextInt(100) < writes;
			this.contender.inSessionOf(id, () -> call(id, write));
		});
	}

	/**
	 * Calls again and again.
	 * @param order the order, with {@code threads} and {@code millis}, and {@code rest}
	 * if the compilers may finish what they are at
	 * @param call the call
	 * @return {@code rate}, {@code failures} and {@code compiled}
	 * @throws InterruptedException if this thread is interrupted
	 */
	static Map<String, Double> rate(Order order, Runnable call) throws InterruptedException {
		int threads = order.number("threads");
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		AtomicBoolean over = new AtomicBoolean();
		LongAdder calls = new LongAdder();
		LongAdder failures = new LongAdder();
		AtomicReference<RuntimeException> firstFailure = new AtomicReference<>();
		long compiled = Compilation.millis();
		long start = System.nanoTime();
		for (int i = 0; i < threads; i++) {
			executor.execute(() -> {
				while (!over.get()) {
					try {
						call.run();
						calls.increment();
					}
					catch (RuntimeException ex) {
						failures.increment();
						firstFailure.compareAndSet(null, ex);
					}
				}
			});
		}
		TimeUnit.MILLISECONDS.sleep(order.number("millis"));
		over.set(true);
		executor.shutdown();
		if (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
			throw new IllegalStateException("Calls do not end");
		}
		double seconds = (System.nanoTime() - start) / 1e9;
		if (firstFailure.get() != null) {
			firstFailure.get().printStackTrace();
		}
		if (order.parameters().containsKey("rest")) {
			Compilation.rest();
		}
		return Map.of("rate", calls.sum() / seconds, "failures", (double) failures.sum(), "compiled",
				(double) (Compilation.millis() - compiled));
	}

	private boolean call(long id, boolean write) {
		if (write) {
			this.writer.write(id, "a node");
		}
		else {
			this.reader.read(id);
		}
		return write;
	}

}
