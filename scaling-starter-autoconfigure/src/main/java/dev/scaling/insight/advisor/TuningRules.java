package dev.scaling.insight.advisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.scaling.insight.RepeatedQuery;
import dev.scaling.insight.advisor.Window.Change;
import dev.scaling.insight.advisor.Window.Work;
import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.ServerStatistics.RunningStatement;
import dev.scaling.insight.statistics.ServerStatistics.Statement;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import org.jspecify.annotations.Nullable;

/**
 * Slow statements, sequential scans, and statements that are repeated.
 */
final class TuningRules implements Rule {

	private static final String VACUUM = "(?is)\\s*(autovacuum:.*|vacuum\\b.*)";

	/**
	 * The share of the time of all statements from which on a slow one matters.
	 */
	private static final double NOTABLE_SHARE = 0.05;

	@Override
	public List<Finding> find(Subject subject) {
		List<Finding> findings = new ArrayList<>();
		add(findings, notProfiled(subject));
		add(findings, sequentialScans(subject));
		add(findings, repeatedQueries(subject));
		add(findings, slowStatements(subject));
		add(findings, longStatements(subject));
		return findings;
	}

	private static void add(List<Finding> findings, @Nullable Finding finding) {
		if (finding != null) {
			findings.add(finding);
		}
	}

	private static @Nullable Finding notProfiled(Subject subject) {
		Set<String> evidence = new LinkedHashSet<>();
		Set<String> next = new LinkedHashSet<>();
		for (NodeStatistics node : subject.evidence().nodes()) {
			ServerStatistics latest = node.latest();
			if (latest.statements() != null) {
				continue;
			}
			evidence.add(latest.node() + ": " + Subject.setting(latest, "shared_preload_libraries"));
			latest.missing()
				.stream()
				.filter((missing) -> missing.what().contains("pg_stat_statements"))
				.forEach((missing) -> {
					evidence.add(latest.node() + ": " + missing.reason());
					next.add(missing.cure());
				});
		}
		if (evidence.isEmpty()) {
			return null;
		}
		if (next.isEmpty()) {
			next.add("Add pg_stat_statements to shared_preload_libraries and restart the server");
			next.add("CREATE EXTENSION pg_stat_statements");
		}
		String collect = Window.describe(subject.limits().profile());
		next.add("Collect " + collect + " of data, then ask again");
		return new Finding("not-profiled", subject.cluster(), Bottleneck.NOT_PROFILED, Remedy.PROFILE, Severity.MEDIUM,
				Confidence.HIGH, "Nobody measures which statements use the server", List.copyOf(evidence),
				subject.path(Bottleneck.NOT_PROFILED), "Enable pg_stat_statements and collect " + collect
						+ " of data before anything is changed: it costs almost nothing",
				List.copyOf(next));
	}

	private static @Nullable Finding sequentialScans(Subject subject) {
		Map<String, Scanned> tables = new LinkedHashMap<>();
		for (NodeStatistics node : subject.evidence().nodes()) {
			Window window = Window.whole(node);
			for (Table table : node.latest().tables()) {
				Change change = window.change(table);
				if (change.sequentialScans() > subject.limits().sequentialScans()
						&& change.rowsPerScan() >= subject.limits().scannedRows() && !table.name().startsWith("pg_")) {
					tables.merge(table.name(), new Scanned(table, change, node, window),
							(one, other) -> (one.rows() >= other.rows()) ? one : other);
				}
			}
		}
		if (tables.isEmpty()) {
			return null;
		}
		List<String> evidence = new ArrayList<>();
		List<String> next = new ArrayList<>();
		tables.values()
			.stream()
			.sorted(Comparator.comparingLong(Scanned::rows).reversed())
			.limit(Subject.EXAMPLES)
			.forEach((scanned) -> {
				Change change = scanned.change();
				evidence.add("%s on %s: %d sequential scans of %d rows each %s, %d index scans, %d rows".formatted(
						scanned.table().name(), scanned.node().latest().node(), change.sequentialScans(),
						change.rowsPerScan(), scanned.window().describe(), change.indexScans(),
						scanned.table().liveRows()));
				next.addAll(indexes(subject, scanned.table()));
			});
		return new Finding("sequential-scans", subject.cluster(), Bottleneck.SLOW_QUERIES, Remedy.TUNE, Severity.MEDIUM,
				subject.confidence(subject.isProfiled() ? Confidence.HIGH : Confidence.MEDIUM),
				"Tables are read from beginning to end, again and again", evidence,
				subject.path(Bottleneck.SLOW_QUERIES),
				"Add the indexes that these statements miss, and look at each with EXPLAIN (ANALYZE, BUFFERS) before"
						+ " and after",
				next);
	}

	/**
	 * Candidates for the indexes that the statements on a table miss.
	 */
	private static List<String> indexes(Subject subject, Table table) {
		Map<String, String> candidates = new LinkedHashMap<>();
		statements(subject).filter((statement) -> SqlShape.mentions(statement.sql(), table.name()))
			.forEach((statement) -> {
				Set<String> columns = SqlShape.comparedColumns(statement.sql(), table.name());
				if (!columns.isEmpty()) {
					candidates.putIfAbsent(String.join(", ", columns), SqlShape.shorten(statement.sql()));
				}
			});
		if (candidates.isEmpty()) {
			return List.of("CREATE INDEX CONCURRENTLY ON " + table.name()
					+ " (...): with the columns that its statements compare; none was found in pg_stat_statements");
		}
		return candidates.entrySet()
			.stream()
			.limit(2)
			.map((candidate) -> "CREATE INDEX CONCURRENTLY ON " + table.name() + " (" + candidate.getKey() + "), if"
					+ " no index begins with that, for: " + candidate.getValue())
			.toList();
	}

	private static Stream<Statement> statements(Subject subject) {
		return subject.evidence()
			.nodes()
			.stream()
			.flatMap((node) -> statements(node.latest()).stream())
			.filter((statement) -> SqlShape.isWork(statement.sql()));
	}

	private static List<Statement> statements(ServerStatistics statistics) {
		ServerStatistics.Statements statements = statistics.statements();
		if (statements == null) {
			return List.of();
		}
		Map<Long, Statement> all = new LinkedHashMap<>();
		statements.byTotalTime().forEach((statement) -> all.putIfAbsent(statement.id(), statement));
		statements.byMeanTime().forEach((statement) -> all.putIfAbsent(statement.id(), statement));
		return List.copyOf(all.values());
	}

	private static @Nullable Finding repeatedQueries(Subject subject) {
		List<RepeatedQuery> queries = subject.evidence()
			.repeatedQueries()
			.stream()
			.sorted(Comparator.comparing(RepeatedQuery::lost).reversed())
			.limit(Subject.EXAMPLES)
			.toList();
		if (queries.isEmpty()) {
			return null;
		}
		List<String> evidence = new ArrayList<>();
		List<String> next = new ArrayList<>();
		for (RepeatedQuery query : queries) {
			evidence.add("%s: up to %d times for one piece of work (%s), seen %d times, %d ms more than one each: %s"
				.formatted(query.caller(), query.maximum(), query.work(), query.occurrences(), query.lost().toMillis(),
						SqlShape.shorten(query.sql())));
			next.add(query.caller() + ": read all rows by one statement with a JOIN (in JPA: JOIN FETCH or an entity"
					+ " graph), or those of all keys by one with '= ANY (?)' (in JPA: a batch size)");
		}
		return new Finding("repeated-queries", subject.cluster(), Bottleneck.SLOW_QUERIES, Remedy.TUNE, Severity.MEDIUM,
				Confidence.HIGH, "One statement is executed for each row of another (N+1)", evidence,
				subject.path(Bottleneck.SLOW_QUERIES),
				"Fix these places in the application first: no replica and no shard makes up for N+1", next);
	}

	private static @Nullable Finding slowStatements(Subject subject) {
		List<String> evidence = new ArrayList<>();
		Set<String> next = new LinkedHashSet<>();
		double share = 0;
		for (NodeStatistics node : subject.evidence().nodes()) {
			ServerStatistics.Statements statements = node.latest().statements();
			if (statements == null) {
				continue;
			}
			Window window = Window.whole(node);
			double all = window.growth((statistics) -> totalTime(statistics).toNanos());
			for (Statement statement : statements(node.latest())) {
				Work work = window.work(statement);
				if (work.calls() > 0 && work.mean().compareTo(subject.limits().slowStatement()) > 0
						&& SqlShape.isWork(statement.sql())) {
					double part = (all > 0) ? Math.min(1, work.time().toNanos() / all) : 0;
					share = Math.max(share, part);
					if (evidence.size() < Subject.EXAMPLES) {
						evidence.add("%s: %d ms on average, %d calls, %s of all time, %d rows each, %s: %s".formatted(
								node.latest().node(), work.mean().toMillis(), work.calls(), Subject.percent(part),
								work.rows() / work.calls(), window.describe(), SqlShape.shorten(statement.sql())));
						next.add("EXPLAIN (ANALYZE, BUFFERS) " + SqlShape.shorten(statement.sql()));
					}
				}
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		next.add("Log what is slow: ALTER SYSTEM SET log_min_duration_statement = '"
				+ subject.limits().slowStatement().toMillis() + "ms', then SELECT pg_reload_conf()");
		return new Finding("slow-statements", subject.cluster(), Bottleneck.SLOW_QUERIES, Remedy.TUNE,
				(share >= NOTABLE_SHARE) ? Severity.MEDIUM : Severity.LOW, subject.confidence(Confidence.HIGH),
				"Statements take more than " + subject.limits().slowStatement().toMillis() + " ms on average", evidence,
				subject.path(Bottleneck.SLOW_QUERIES),
				"Look at their plans: add indexes, rewrite joins, read fewer rows, or take them off the primary",
				List.copyOf(next));
	}

	private static Duration totalTime(ServerStatistics statistics) {
		ServerStatistics.Statements statements = statistics.statements();
		return (statements != null) ? statements.totalTime() : Duration.ZERO;
	}

	private static @Nullable Finding longStatements(Subject subject) {
		List<String> evidence = running(subject, (statement) -> !statement.sql().matches(VACUUM));
		if (evidence.isEmpty()) {
			return null;
		}
		return new Finding("long-statements", subject.cluster(), Bottleneck.SLOW_QUERIES, Remedy.TUNE, Severity.MEDIUM,
				Confidence.MEDIUM,
				"Statements run for longer than " + subject.limits().longStatement().toSeconds() + " s", evidence,
				subject.path(Bottleneck.SLOW_QUERIES),
				"Read fewer rows at a time, or run such work on a replica; 'scaling.timeouts' ends what"
						+ " takes too long",
				List.of("SELECT pg_cancel_backend(pid) for those that nobody needs"));
	}

	/**
	 * The statements that have been running for too long.
	 */
	static List<String> running(Subject subject, Predicate<RunningStatement> filter) {
		List<String> running = new ArrayList<>();
		for (NodeStatistics node : subject.evidence().nodes()) {
			node.latest()
				.running()
				.stream()
				.filter((statement) -> statement.duration().compareTo(subject.limits().longStatement()) > 0)
				.filter(filter)
				.limit(Subject.EXAMPLES)
				.forEach((statement) -> running.add("%s, process %d: for %s: %s".formatted(node.latest().node(),
						statement.pid(), Window.describe(statement.duration()), SqlShape.shorten(statement.sql()))));
		}
		return running;
	}

	static boolean isVacuum(RunningStatement statement) {
		return statement.sql().matches(VACUUM);
	}

	/**
	 * A table that is scanned.
	 */
	private record Scanned(Table table, Change change, NodeStatistics node, Window window) {

		long rows() {
			return this.change.sequentialRows();
		}

	}

}
