package dev.scaling.insight;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Keeps a log readable while the same thing goes wrong again and again: each text is
 * logged at most once in {@link #INTERVAL}, and at most {@value #MAXIMUM_LINES} lines in
 * all. Up to {@value #MAXIMUM_TEXTS} texts are remembered. Thread-safe.
 */
final class LogLimit {

	static final Duration INTERVAL = Duration.ofSeconds(10);

	static final int MAXIMUM_LINES = 50;

	static final int MAXIMUM_TEXTS = 256;

	/**
	 * Answer if the text must not be logged now.
	 */
	static final long SUPPRESSED = -1;

	private final LongSupplier nanoTime;

	private final Map<String, Text> texts = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Text> eldest) {
			return size() > MAXIMUM_TEXTS;
		}

	};

	private long periodStart;

	private int lines;

	LogLimit(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.periodStart = nanoTime.getAsLong();
	}

	/**
	 * Asks for a line.
	 * @return how often the text was suppressed since its last line, or
	 * {@link #SUPPRESSED}
	 */
	synchronized long acquire(String key) {
		long now = this.nanoTime.getAsLong();
		if (now - this.periodStart >= INTERVAL.toNanos()) {
			this.periodStart = now;
			this.lines = 0;
		}
		Text text = this.texts.computeIfAbsent(key, (absent) -> new Text(now - INTERVAL.toNanos()));
		if (this.lines >= MAXIMUM_LINES || now - text.logged < INTERVAL.toNanos()) {
			text.suppressed++;
			return SUPPRESSED;
		}
		this.lines++;
		long suppressed = text.suppressed;
		text.logged = now;
		text.suppressed = 0;
		return suppressed;
	}

	private static final class Text {

		private long logged;

		private long suppressed;

		private Text(long logged) {
			this.logged = logged;
		}

	}

}
