package dev.scaling.benchmarks.contender;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * As many reads of a number with {@code sql} as {@code threads} make in {@code millis}.
 * Answers with what {@link RateWorkload} does, and how often the number N was read
 * ({@code answer.N}).
 */
class AnswersWorkload implements Workload {

	private final Reader reader;

	AnswersWorkload(Reader reader) {
		this.reader = reader;
	}

	@Override
	public Map<String, Double> run(Order order) throws InterruptedException {
		String sql = order.text("sql");
		Map<Long, LongAdder> answers = new ConcurrentHashMap<>();
		Map<String, Double> figures = new HashMap<>(RateWorkload.rate(order,
				() -> answers.computeIfAbsent(this.reader.query(sql), (answer) -> new LongAdder()).increment()));
		answers.forEach((answer, count) -> figures.put("answer." + answer, count.doubleValue()));
		return figures;
	}

}
