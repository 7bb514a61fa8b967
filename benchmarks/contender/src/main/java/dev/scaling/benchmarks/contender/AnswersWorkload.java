package dev.scaling.benchmarks.contender;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * As many reads of a number with {@code sql} as {@code threads} make in {@code millis}.
 * Answers with the {@code rate} of reads a second and how often the number N was read
 * ({@code answer.N}).
 */
class AnswersWorkload implements Workload {

	private final Reader reader;

	AnswersWorkload(Reader reader) {
		this.reader = reader;
	}

	@Override
	public Map<String, Double> run(Order order) throws Exception {
		String sql = order.text("sql");
		int threads = order.number("threads");
		Map<Long, LongAdder> answers = new ConcurrentHashMap<>();
		Map<RuntimeException, Boolean> failures = new ConcurrentHashMap<>();
		AtomicBoolean over = new AtomicBoolean();
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		long start = System.nanoTime();
		for (int i = 0; i < threads; i++) {
			executor.execute(() -> {
				try {
					while (!over.get()) {
						answers.computeIfAbsent(this.reader.query(sql), (answer) -> new LongAdder()).increment();
					}
				}
				catch (RuntimeException ex) {
					failures.put(ex, true);
				}
			});
		}
		TimeUnit.MILLISECONDS.sleep(order.number("millis"));
		double calls = answers.values().stream().mapToDouble(LongAdder::doubleValue).sum();
		double seconds = (System.nanoTime() - start) / 1e9;
		over.set(true);
		executor.shutdown();
		if (!executor.awaitTermination(1, TimeUnit.MINUTES) || !failures.isEmpty()) {
			throw new IllegalStateException("Reads failed or do not end",
					failures.keySet().stream().findFirst().orElse(null));
		}
		Map<String, Double> figures = new LinkedHashMap<>();
		figures.put("rate", calls / seconds);
		answers.forEach((answer, count) -> figures.put("answer." + answer, count.doubleValue()));
		return figures;
	}

}
