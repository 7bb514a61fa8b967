package dev.scaling.benchmarks.race;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What is measured, in the order of the report. The constants are named after the
 * workload.
 */
enum Measure {

	W1_TIME("Nanoseconds of a read-only call", "%,.0f", Competitor.BARE),

	W1_CPU("Nanoseconds of processor time of a read-only call", "%,.0f", Competitor.BARE),

	W1_THREADS("Nanoseconds of processor time of a read-only call, `@Transactional`", "%,.0f", Competitor.BARE),

	W1_BYTES("Bytes of a read-only call", "%,.0f", Competitor.BARE),

	W2_READS("Reads a second", "%,.0f", Competitor.LAZY_PROXY),

	W2_MIX("Calls a second, nine reads for a write", "%,.0f", Competitor.LAZY_PROXY),

	W3_GET("Reads a second, by key over four shards", "%,.0f", Competitor.BY_HAND),

	W3_INSERT("Inserts a second, by key over four shards", "%,.0f", Competitor.BY_HAND),

	W4_GATHER("Calls a second on four shards, each of which takes 5 ms", "%,.0f", Competitor.BY_HAND_LOOP),

	W4_FIRST("Calls a second for the first 20 rows of four shards", "%,.0f", Competitor.BY_HAND_LOOP),

	W4_SCAN("Rows a second of four shards, in order", "%,.0f", Competitor.BY_HAND_LOOP),

	W4_HEAP("Megabytes of the heap, while rows of four shards are read in order", "%,.1f", null),

	W5_START("Seconds from the start of the process to the ready application", "%.2f", null),

	W5_MEMORY("Megabytes", "%,.1f", null),

	W5_JARS("Jars", "%,.0f", null),

	W6_STALE("Stale reads in 2,000 after a write", "%,.0f", null),

	W6_ON_REPLICAS("Percent of the reads that a replica served", "%.0f", null),

	W7_REQUESTS("Requests a second, 10 connections", "%,.0f", Competitor.BARE),

	W8_FAILURES("Failed calls of 8 threads", "%,.0f", null),

	W8_FAILED_SHARE("Percent of the calls that failed, without the replica", "%.2f", null),

	W8_RATE("Reads a second without the replica, in percent of before", "%.0f", null),

	W8_LONGEST("Milliseconds of the longest call", "%,.0f", null),

	W8_WRITE("Milliseconds from the promotion to the first write", "%,.0f", null),

	W8_START("Seconds to start", "%.2f", null),

	W9_CALL("Microseconds of a read-only call", "%.2f", null),

	W9_START("Seconds to start, 20 ms a connection", "%.2f", null),

	W9_IDLE("Milliseconds of processor time a second, idle", "%.1f", null),

	W9_HEAP("Megabytes of the heap in use", "%.1f", null),

	W9_HASH("Nanoseconds to find the shard of a key, hash", "%,.0f", null),

	W9_CONSISTENT_HASH("Nanoseconds to find the shard of a key, consistent hash", "%,.0f", null),

	W9_RANGE("Nanoseconds to find the shard of a key, range", "%,.0f", null),

	W9_DIRECTORY("Nanoseconds to find the shard of a key, directory that remembers it", "%,.0f", null),

	W9_DIRECTORY_BYTES("Bytes for a key that a directory remembers", "%,.0f", null),

	W10_READS("Reads a second, 10 ms each, 5 connections a replica", "%,.0f", null),

	W10_LINEAR("Reads a second for each replica, relative to one replica", "%.2f", null),

	W10_SHARE("Percent of the reads on the slow or heavy replica", "%.0f", null);

	private final String title;

	private final String format;

	private final @Nullable Competitor base;

	Measure(String title, String format, @Nullable Competitor base) {
		this.title = title;
		this.format = format;
		this.base = base;
	}

	/**
	 * The title with the unit.
	 * @return the title
	 */
	String title() {
		return this.title;
	}

	/**
	 * A figure as text.
	 * @param figure the figure
	 * @return the text
	 */
	String format(double figure) {
		if (Double.isInfinite(figure)) {
			return "never";
		}
		return Double.isNaN(figure) ? "" : String.format(Locale.ROOT, this.format, figure);
	}

	/**
	 * Whom the others are compared with, in the same round.
	 * @return the one, or {@code null} if the figures speak for themselves
	 */
	@Nullable Competitor base() {
		return this.base;
	}

}
