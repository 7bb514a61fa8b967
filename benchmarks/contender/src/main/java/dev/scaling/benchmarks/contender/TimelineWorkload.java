package dev.scaling.benchmarks.contender;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * As many calls as {@code threads} make in {@code millis}, all of them writes or all of
 * them reads ({@code write}), by the time at which they ended: the figures {@code good.N}
 * and {@code failed.N} are calls in the N-th {@code bin} milliseconds of the clock that
 * all processes share, and {@code longest} is in milliseconds. A wrong answer has failed.
 */
class TimelineWorkload implements Workload {

	private final Reader reader;

	private final Writer writer;

	TimelineWorkload(Reader reader, Writer writer) {
		this.reader = reader;
		this.writer = writer;
	}

	@Override
	public Map<String, Double> run(Order order) throws InterruptedException {
		int threads = order.number("threads");
		long bin = order.number("bin");
		boolean write = Boolean.parseBoolean(order.text("write"));
		Map<Long, LongAdder> good = new ConcurrentHashMap<>();
		Map<Long, LongAdder> failed = new ConcurrentHashMap<>();
		LongAccumulator longest = new LongAccumulator(Math::max, 0);
		AtomicBoolean over = new AtomicBoolean();
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		for (int i = 0; i < threads; i++) {
			executor.execute(() -> {
				while (!over.get()) {
					long start = System.nanoTime();
					boolean succeeded = succeeds(write);
					longest.accumulate(System.nanoTime() - start);
					(succeeded ? good : failed)
						.computeIfAbsent(System.currentTimeMillis() / bin, (number) -> new LongAdder())
						.increment();
				}
			});
		}
		TimeUnit.MILLISECONDS.sleep(order.number("millis"));
		over.set(true);
		executor.shutdown();
		if (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
			executor.shutdownNow();
			throw new IllegalStateException("Calls do not end");
		}
		Map<String, Double> figures = new LinkedHashMap<>();
		good.forEach((number, calls) -> figures.put("good." + number, calls.doubleValue()));
		failed.forEach((number, calls) -> figures.put("failed." + number, calls.doubleValue()));
		figures.put("longest", longest.get() / 1e6);
		return figures;
	}

	private boolean succeeds(boolean write) {
		try {
			long id = ThreadLocalRandom.current().nextInt(RateWorkload.ROWS);
			if (write) {
				this.writer.write(id, Long.toString(System.currentTimeMillis()));
				return true;
			}
			return "a node".equals(this.reader.read(id));
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

}
