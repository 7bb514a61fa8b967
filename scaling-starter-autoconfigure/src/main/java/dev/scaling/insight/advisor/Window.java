package dev.scaling.insight.advisor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.ServerStatistics.Statement;
import dev.scaling.insight.statistics.ServerStatistics.Statements;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import org.jspecify.annotations.Nullable;

/**
 * What the counters of a server grew by between two looks at it, or since they were reset
 * if there was one look only.
 *
 * @param from the earlier look, or {@code null} for the time of the reset
 * @param to the later look
 */
record Window(@Nullable ServerStatistics from, ServerStatistics to) {

	/**
	 * How many entries the lists have by each of their orders. Shorter ones name all
	 * there is, so that what is new in them began at 0.
	 */
	private static final int LISTED = 10;

	/**
	 * All that has been seen.
	 */
	static Window whole(NodeStatistics node) {
		return new Window((node.previous() != null) ? node.first() : null, node.latest());
	}

	/**
	 * The time between the last two looks.
	 */
	static Window recent(NodeStatistics node) {
		return new Window(node.previous(), node.latest());
	}

	/**
	 * Whether the time is known to be that between two looks, which a load can be
	 * calculated from.
	 */
	boolean isMeasured() {
		return this.from != null && this.to.time().isAfter(this.from.time());
	}

	/**
	 * For how long statistics have been collected, or zero if nobody knows.
	 */
	Duration length() {
		Instant start = (this.from != null) ? this.from.time() : this.to.since();
		Duration length = (start != null) ? Duration.between(start, this.to.time()) : Duration.ZERO;
		return length.isNegative() ? Duration.ZERO : length;
	}

	long growth(ToLongFunction<ServerStatistics> counter) {
		long before = (this.from != null) ? counter.applyAsLong(this.from) : 0;
		return Math.max(0, counter.applyAsLong(this.to) - before);
	}

	/**
	 * By how much a counter grew in a second, or 0 if nobody knows.
	 */
	double rate(ToLongFunction<ServerStatistics> counter) {
		return isMeasured() ? growth(counter) / seconds() : 0;
	}

	double seconds() {
		return length().toNanos() / 1e9;
	}

	/**
	 * The average number of statements at the same time, of those that the function
	 * counts, or 0 if nobody knows.
	 */
	double busy(Function<Statements, Duration> time) {
		return rate(
				(statistics) -> (statistics.statements() != null) ? time.apply(statistics.statements()).toNanos() : 0)
				/ 1e9;
	}

	/**
	 * Whether the statements have been measured all the time.
	 */
	boolean isProfiled() {
		return this.to.statements() != null && (this.from == null || this.from.statements() != null);
	}

	/**
	 * What the counters of a table grew by.
	 */
	Change change(Table table) {
		if (this.from == null) {
			return Change.of(table);
		}
		List<Table> before = this.from.tables();
		for (Table earlier : before) {
			if (earlier.name().equals(table.name())) {
				return new Change(grown(table.sequentialScans(), earlier.sequentialScans()),
						grown(table.sequentialRows(), earlier.sequentialRows()),
						grown(table.indexScans(), earlier.indexScans()), grown(table.inserted(), earlier.inserted()),
						grown(table.updated(), earlier.updated()), grown(table.deleted(), earlier.deleted()));
			}
		}
		if (before.size() < LISTED) {
			return Change.of(table);
		}
		double scanned = leastGrowth(table.sequentialRows(), before.stream().mapToLong(Table::sequentialRows));
		double written = leastGrowth(Change.of(table).writes(),
				before.stream().mapToLong((earlier) -> Change.of(earlier).writes()));
		return new Change((long) (table.sequentialScans() * scanned), (long) (table.sequentialRows() * scanned),
				(long) (table.indexScans() * scanned), (long) (table.inserted() * written),
				(long) (table.updated() * written), (long) (table.deleted() * written));
	}

	/**
	 * What the counters of a statement grew by.
	 */
	Work work(Statement statement) {
		if (this.from == null || this.from.statements() == null) {
			return Work.of(statement);
		}
		Statements before = this.from.statements();
		for (List<Statement> list : List.of(before.byTotalTime(), before.byMeanTime())) {
			for (Statement earlier : list) {
				if (earlier.id() == statement.id() && earlier.sql().equals(statement.sql())) {
					return new Work(grown(statement.calls(), earlier.calls()),
							Duration.ofNanos(grown(statement.totalTime().toNanos(), earlier.totalTime().toNanos())),
							grown(statement.rows(), earlier.rows()), grown(statement.walBytes(), earlier.walBytes()));
				}
			}
		}
		if (before.byTotalTime().size() < LISTED) {
			return Work.of(statement);
		}
		double growth = leastGrowth(statement.totalTime().toNanos(),
				before.byTotalTime().stream().mapToLong((earlier) -> earlier.totalTime().toNanos()));
		return new Work((long) (statement.calls() * growth),
				statement.totalTime().minus(Duration.ofNanos((long) (statement.totalTime().toNanos() * (1 - growth)))),
				(long) (statement.rows() * growth), (long) (statement.walBytes() * growth));
	}

	/**
	 * What was not listed had less than the last that was: the rest has been added since.
	 * @return the least share of the number that has been added
	 */
	private static double leastGrowth(long now, LongStream listed) {
		long most = listed.map((value) -> -value)
			.sorted()
			.skip(LISTED - 1)
			.map((value) -> -value)
			.findFirst()
			.orElse(0);
		return (now > most) ? (double) (now - most) / now : 0;
	}

	private static long grown(long now, long before) {
		return Math.max(0, now - before);
	}

	String describe() {
		if (this.from != null) {
			return "within " + describe(length());
		}
		return (this.to.since() != null) ? "within " + describe(length()) + ", since the statistics were reset"
				: "since the statistics were reset";
	}

	static String describe(Duration duration) {
		long seconds = duration.toSeconds();
		if (seconds < 1) {
			return duration.toMillis() + " ms";
		}
		if (seconds < 180) {
			return seconds + " s";
		}
		if (seconds < 180 * 60) {
			return seconds / 60 + " min";
		}
		return (seconds < 72 * 3600) ? seconds / 3600 + " h" : seconds / 86400 + " days";
	}

	/**
	 * What the counters of a table grew by.
	 */
	record Change(long sequentialScans, long sequentialRows, long indexScans, long inserted, long updated,
			long deleted) {

		static Change of(Table table) {
			return new Change(table.sequentialScans(), table.sequentialRows(), table.indexScans(), table.inserted(),
					table.updated(), table.deleted());
		}

		long rowsPerScan() {
			return (this.sequentialScans > 0) ? this.sequentialRows / this.sequentialScans : 0;
		}

		long writes() {
			return this.inserted + this.updated + this.deleted;
		}

	}

	/**
	 * What the counters of a statement grew by.
	 */
	record Work(long calls, Duration time, long rows, long walBytes) {

		static Work of(Statement statement) {
			return new Work(statement.calls(), statement.totalTime(), statement.rows(), statement.walBytes());
		}

		Duration mean() {
			return (this.calls > 0) ? this.time.dividedBy(this.calls) : Duration.ZERO;
		}

	}

}
