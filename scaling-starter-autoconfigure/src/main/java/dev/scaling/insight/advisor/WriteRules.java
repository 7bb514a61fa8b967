package dev.scaling.insight.advisor;

import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.scaling.insight.advisor.Evidence.HotSpot;
import dev.scaling.insight.advisor.Finding.Step;
import dev.scaling.insight.advisor.Subject.Load;
import dev.scaling.insight.advisor.Window.Change;
import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.ServerStatistics.Index;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.ServerStatistics.Wal;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import org.jspecify.annotations.Nullable;

/**
 * High write load, and tables that grow out of the server.
 */
final class WriteRules implements Rule {

	private static final long NOTABLE_CHECKPOINTS = 3;

	private static final long NOTABLE_DEAD_ROWS = 10_000;

	/**
	 * The share of writes that has to go to tables that can be partitioned.
	 */
	private static final double PARTITIONABLE_SHARE = 0.5;

	/**
	 * The share of changed rows from which on a table is more than a log of what
	 * happened.
	 */
	private static final double CHANGING_SHARE = 0.05;

	@Override
	public List<Finding> find(Subject subject) {
		List<Finding> findings = new ArrayList<>();
		NodeStatistics primary = subject.primary();
		if (primary != null) {
			add(findings, checkpoints(subject, primary));
			add(findings, deadRows(subject, primary));
			add(findings, indexes(subject, primary));
			add(findings, load(subject, primary));
			add(findings, growth(subject, primary));
			add(findings, storage(subject, primary));
		}
		add(findings, vacuum(subject));
		add(findings, unusedIndexes(subject));
		for (HotSpot hotSpot : subject.evidence().hotSpots()) {
			findings.add(hotSpot.isKey() ? hotKey(subject, hotSpot) : hotSpot(subject, hotSpot));
		}
		return findings;
	}

	private static void add(List<Finding> findings, @Nullable Finding finding) {
		if (finding != null) {
			findings.add(finding);
		}
	}

	private static @Nullable Finding load(Subject subject, NodeStatistics primary) {
		Load load = subject.load(primary, false);
		Window whole = Window.whole(primary);
		Window recent = Window.recent(primary);
		double wal = Math.max(whole.rate(WriteRules::walBytes), recent.rate(WriteRules::walBytes));
		boolean busy = load.writes() >= subject.limits().busy();
		boolean walBound = wal >= subject.limits().walRate().toBytes();
		if (!busy && !walBound) {
			return null;
		}
		List<String> evidence = new ArrayList<>();
		evidence.add("%s: %s writes at the same time %s (a saturated server has %s or more)".formatted(
				primary.latest().node(), Subject.number(load.writes()), load.describe(),
				Subject.number(subject.limits().busy())));
		evidence.add("WAL: %s in a second (threshold %s), %s in all %s".formatted(Subject.bytes(wal),
				Subject.bytes(subject.limits().walRate().toBytes()), Subject.bytes(whole.growth(WriteRules::walBytes)),
				whole.describe()));
		List<Written> written = written(subject, whole);
		written.stream()
			.limit(Subject.EXAMPLES)
			.forEach((table) -> evidence.add("%s: %d inserted, %d updated, %d deleted".formatted(table.table().name(),
					table.change().inserted(), table.change().updated(), table.change().deleted())));
		long all = written.stream().mapToLong((table) -> table.change().writes()).sum();
		List<Table> partitionable = written.stream()
			.filter((table) -> isPartitionable(table.table(), table.change()))
			.map(Written::table)
			.toList();
		long served = written.stream()
			.filter((table) -> partitionable.contains(table.table()))
			.mapToLong((table) -> table.change().writes())
			.sum();
		boolean partition = !partitionable.isEmpty() && served >= PARTITIONABLE_SHARE * all;
		return growthFinding(subject, primary, "write-load", Bottleneck.WRITE_LOAD,
				(load.writes() >= 2 * subject.limits().busy() || wal >= 2.0 * subject.limits().walRate().toBytes())
						? Severity.HIGH : Severity.MEDIUM,
				subject.confidence((walBound || load.isProfiled()) ? Confidence.HIGH : Confidence.LOW),
				walBound ? "The primary writes as much WAL as it can" : "Writes keep the primary busy", evidence,
				partition ? partitionable : List.of());
	}

	/**
	 * The rest of the flowchart: partition, else scale up, else shard.
	 */
	private static Finding growthFinding(Subject subject, NodeStatistics primary, String id, Bottleneck bottleneck,
			Severity severity, Confidence confidence, String title, List<String> evidence, List<Table> partitionable) {
		Step partition = new Step("Can you use table partitioning?",
				partitionable.isEmpty()
						? "no: most writes go to tables without a time or a range, or to partitions already"
						: "yes: " + String.join(", ", partitionable.stream().limit(3).map(Table::name).toList()));
		if (!partitionable.isEmpty()) {
			return new Finding(id, subject.cluster(), bottleneck, Remedy.PARTITION, severity, confidence, title,
					evidence, subject.path(bottleneck, partition),
					"Use PostgreSQL's declarative partitioning: queries and vacuum touch the partitions they need, and"
							+ " old rows go by DROP TABLE",
					partitions(subject, primary, partitionable));
		}
		Boolean exhausted = subject.limits().scaleUpExhausted();
		Step scaleUp = new Step("Is vertical scaling exhausted?",
				(exhausted != null) ? exhausted ? "yes" : "no" : "not said, assumed not");
		if (!Boolean.TRUE.equals(exhausted)) {
			return new Finding(id, subject.cluster(), bottleneck, Remedy.SCALE_UP, severity, confidence, title,
					evidence, subject.path(bottleneck, partition, scaleUp),
					"Upgrade the server: 4, 8, 16 times the memory, and faster storage",
					List.of("Put pg_wal on storage of its own, if it is not",
							"Write rows in batches: 'reWriteBatchedInserts=true' in the URL, and fewer commits",
							"Set 'scaling.advisor.scale-up-exhausted: true' when there is no larger server"));
		}
		boolean sharded = !subject.cluster().equals("main");
		return new Finding(id, subject.cluster(), bottleneck, Remedy.SHARD, severity, confidence, title, evidence,
				subject.path(bottleneck, partition, scaleUp),
				sharded ? "Move keys of this shard to another one"
						: "Shard the tables that are written most, as the last resort: the complexity stays",
				List.of("Choose the key that nearly all transactions have, such as the tenant or the user",
						"Set 'scaling.shards' and 'scaling.keyspaces' with the strategy hash, or directory if single"
								+ " keys have to move"));
	}

	private static long walBytes(ServerStatistics statistics) {
		Wal wal = statistics.wal();
		return (wal != null) ? wal.bytes() : 0;
	}

	private static List<Written> written(Subject subject, Window window) {
		return subject.tables()
			.stream()
			.map((table) -> new Written(table, window.change(table)))
			.filter((table) -> table.change().writes() > 0)
			.sorted(Comparator.comparingLong((Written table) -> table.change().writes()).reversed())
			.toList();
	}

	/**
	 * Whether new rows would go to another partition from time to time.
	 */
	private static boolean isPartitionable(Table table, Change change) {
		return !table.partitioned() && change.inserted() > 0 && table.timeColumn() != null;
	}

	/**
	 * Whether rows hardly change after they were inserted, so that a range of their key
	 * is one of time.
	 */
	private static boolean isLog(Change change) {
		return change.inserted() > 0 && change.updated() + change.deleted() <= CHANGING_SHARE * change.inserted();
	}

	private static @Nullable Finding growth(Subject subject, NodeStatistics primary) {
		Window window = Window.whole(primary);
		List<String> evidence = new ArrayList<>();
		List<Table> tables = new ArrayList<>();
		boolean timed = true;
		for (Table table : subject.tables()) {
			Change change = window.change(table);
			long size = table.size() + table.indexSize();
			if (size >= subject.limits().partitionSize().toBytes() && !table.partitioned() && change.inserted() > 0
					&& (table.timeColumn() != null || isLog(change))) {
				timed &= table.timeColumn() != null;
				tables.add(table);
				evidence.add("%s: %s with its indexes, %d rows, %d inserted and %d changed %s, %s".formatted(
						table.name(), Subject.bytes(size), table.liveRows(), change.inserted(),
						change.updated() + change.deleted(), window.describe(), (table.timeColumn() != null)
								? "ordered by " + table.timeColumn() : "ordered as they were inserted"));
			}
		}
		if (tables.isEmpty()) {
			return null;
		}
		evidence.add("database: %s, %s more %s".formatted(Subject.bytes(primary.latest().database().size()),
				Subject.bytes(window.growth((statistics) -> statistics.database().size())), window.describe()));
		return growthFinding(subject, primary, "table-growth", Bottleneck.STORAGE, Severity.MEDIUM,
				subject.confidence(timed ? Confidence.HIGH : Confidence.MEDIUM), "Large tables grow with time",
				evidence, tables);
	}

	private static @Nullable Finding storage(Subject subject, NodeStatistics primary) {
		if (subject.limits().storage() == null) {
			return null;
		}
		Window window = Window.whole(primary);
		double rate = window.rate((statistics) -> statistics.database().size());
		long size = primary.latest().database().size();
		long left = Math.max(0, subject.limits().storage().toBytes() - size);
		double seconds = (left > 0) ? left / rate : 0;
		if (!(seconds < subject.limits().storageHorizon().toSeconds())) {
			return null;
		}
		List<Table> tables = written(subject, window).stream()
			.filter((table) -> isPartitionable(table.table(), table.change()))
			.map(Written::table)
			.toList();
		Duration time = Duration.ofSeconds((long) seconds);
		return growthFinding(subject, primary, "storage-full", Bottleneck.STORAGE,
				(seconds * 4 < subject.limits().storageHorizon().toSeconds()) ? Severity.HIGH : Severity.MEDIUM,
				subject.confidence(Confidence.HIGH), "The storage is full in " + Window.describe(time),
				List.of("%s: %s of %s, %s more in a day %s".formatted(primary.latest().node(), Subject.bytes(size),
						Subject.bytes(subject.limits().storage().toBytes()), Subject.bytes(rate * 86400),
						window.describe())),
				tables);
	}

	/**
	 * A sketch of the DDL.
	 */
	private static List<String> partitions(Subject subject, NodeStatistics primary, List<Table> tables) {
		List<String> next = new ArrayList<>();
		LocalDate today = LocalDate.ofInstant(primary.latest().time(), ZoneOffset.UTC);
		YearMonth month = YearMonth.from(today);
		for (Table table : tables.stream().limit(3).toList()) {
			String name = table.name();
			String column = (table.timeColumn() != null) ? table.timeColumn() : "id";
			next.add("ALTER TABLE %s RENAME TO %s_old".formatted(name, SqlShape.unqualified(name)));
			next.add(("CREATE TABLE %s (LIKE %s_old INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (%s):"
					+ " its primary key has to contain %s")
				.formatted(name, name, column, column));
			next.add((table.timeColumn() != null)
					? "CREATE TABLE %s_%s PARTITION OF %s FOR VALUES FROM ('%s') TO ('%s'), and so on: one for each month"
						.formatted(name, month.toString().replace('-', '_'), name, month.atDay(1),
								month.plusMonths(1).atDay(1))
					: "CREATE TABLE %s_1 PARTITION OF %s FOR VALUES FROM (0) TO (10000000), and so on".formatted(name,
							name));
			next.add("Copy the rows from %s_old in batches, or attach it as a partition of its own".formatted(name));
		}
		return next;
	}

	private static @Nullable Finding checkpoints(Subject subject, NodeStatistics primary) {
		Window window = Window.whole(primary);
		long requested = window
			.growth((statistics) -> (statistics.wal() != null) ? statistics.wal().requestedCheckpoints() : 0);
		long timed = window
			.growth((statistics) -> (statistics.wal() != null) ? statistics.wal().timedCheckpoints() : 0);
		double share = (double) requested / (requested + timed);
		if (requested < NOTABLE_CHECKPOINTS || !(share >= subject.limits().requestedCheckpoints())) {
			return null;
		}
		return new Finding("checkpoints", subject.cluster(), Bottleneck.WRITE_LOAD, Remedy.TUNE, Severity.MEDIUM,
				subject.confidence(Confidence.MEDIUM), "WAL forces checkpoints before their time",
				List.of("%d of %d checkpoints (%s) were requested %s".formatted(requested, requested + timed,
						Subject.percent(share), window.describe()), Subject.setting(primary.latest(), "max_wal_size"),
						Subject.setting(primary.latest(), "checkpoint_timeout")),
				subject.path(Bottleneck.WRITE_LOAD), "Let checkpoints be further apart: each makes the WAL larger",
				List.of("ALTER SYSTEM SET max_wal_size to several times its value, then SELECT pg_reload_conf()"));
	}

	private static @Nullable Finding deadRows(Subject subject, NodeStatistics primary) {
		List<String> evidence = new ArrayList<>();
		List<String> next = new ArrayList<>();
		for (Table table : subject.tables()) {
			double share = (double) table.deadRows() / (table.deadRows() + table.liveRows());
			if (table.deadRows() >= NOTABLE_DEAD_ROWS && share > subject.limits().deadRows()
					&& evidence.size() < Subject.EXAMPLES) {
				evidence.add("%s: %d dead rows (%s), last vacuumed %s".formatted(table.name(), table.deadRows(),
						Subject.percent(share), (table.lastVacuum() != null) ? table.lastVacuum() : "never"));
				next.add("VACUUM (ANALYZE) " + table.name());
				next.add("ALTER TABLE " + table.name() + " SET (autovacuum_vacuum_scale_factor = 0.02)");
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		next.add("Look for what keeps dead rows: long transactions, unused replication slots, hot_standby_feedback");
		return new Finding("dead-rows", subject.cluster(), Bottleneck.WRITE_LOAD, Remedy.TUNE, Severity.MEDIUM,
				subject.confidence(Confidence.HIGH), "Vacuum does not keep up with dead rows", evidence,
				subject.path(Bottleneck.WRITE_LOAD), "Let vacuum come more often to these tables", next);
	}

	private static @Nullable Finding vacuum(Subject subject) {
		List<String> running = TuningRules.running(subject, TuningRules::isVacuum);
		if (running.isEmpty()) {
			return null;
		}
		return new Finding("long-vacuum", subject.cluster(), Bottleneck.WRITE_LOAD, Remedy.TUNE, Severity.LOW,
				Confidence.MEDIUM, "Vacuum takes long", running, subject.path(Bottleneck.WRITE_LOAD),
				"Let it work faster, and look at it again when it is done: partitions of a large table are vacuumed one"
						+ " by one",
				List.of("ALTER SYSTEM SET maintenance_work_mem and autovacuum_vacuum_cost_limit to more",
						"SELECT * FROM pg_stat_progress_vacuum"));
	}

	private static @Nullable Finding indexes(Subject subject, NodeStatistics primary) {
		Window window = Window.whole(primary);
		List<String> evidence = new ArrayList<>();
		for (Table table : subject.tables()) {
			Change change = window.change(table);
			if (table.indexes() > subject.limits().indexes() && change.writes() > 0
					&& evidence.size() < Subject.EXAMPLES) {
				evidence.add("%s: %d indexes of %s, %d rows written %s".formatted(table.name(), table.indexes(),
						Subject.bytes(table.indexSize()), change.writes(), window.describe()));
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		return new Finding("many-indexes", subject.cluster(), Bottleneck.WRITE_LOAD, Remedy.TUNE, Severity.LOW,
				subject.confidence(Confidence.HIGH), "Tables that are written have many indexes", evidence,
				subject.path(Bottleneck.WRITE_LOAD), "Drop those that another one covers: each slows down each write",
				List.of("SELECT indexrelname, idx_scan FROM pg_stat_user_indexes ORDER BY idx_scan, on each node"));
	}

	/**
	 * What nobody uses on the primary may be used on a replica.
	 */
	private static @Nullable Finding unusedIndexes(Subject subject) {
		Map<String, Index> unused = new LinkedHashMap<>();
		boolean first = true;
		for (NodeStatistics node : subject.evidence().nodes()) {
			Set<String> ofNode = new LinkedHashSet<>();
			for (Index index : node.latest().unusedIndexes()) {
				ofNode.add(index.name());
				if (first && index.scans() == 0 && index.size() >= subject.limits().unusedIndexSize().toBytes()) {
					unused.put(index.name(), index);
				}
			}
			unused.keySet().retainAll(ofNode);
			first = false;
		}
		if (unused.isEmpty()) {
			return null;
		}
		List<Index> indexes = unused.values()
			.stream()
			.sorted(Comparator.comparingLong(Index::size).reversed())
			.limit(Subject.EXAMPLES)
			.toList();
		return new Finding("unused-indexes", subject.cluster(), Bottleneck.WRITE_LOAD, Remedy.TUNE, Severity.LOW,
				subject.confidence(Confidence.MEDIUM), "Nobody uses some indexes",
				indexes.stream()
					.map((index) -> "%s on %s: %s, not used on any node since their statistics were reset"
						.formatted(index.name(), index.table(), Subject.bytes(index.size())))
					.toList(),
				subject.path(Bottleneck.WRITE_LOAD),
				"Drop them once the statistics cover what happens rarely, such as the end of a month",
				indexes.stream().map((index) -> "DROP INDEX CONCURRENTLY " + index.name()).toList());
	}

	private static Finding hotSpot(Subject subject, HotSpot hotSpot) {
		return new Finding("hot-spot", subject.cluster(), Bottleneck.WRITE_LOAD, Remedy.SHARD, Severity.MEDIUM,
				Confidence.HIGH, "Nearly all work of keyspace '" + hotSpot.keyspace() + "' is for one shard",
				List.of("%s of %d keys were for shard '%s', which owns the last range"
					.formatted(Subject.percent(hotSpot.share()), hotSpot.keys(), hotSpot.shard())),
				subject.path(Bottleneck.WRITE_LOAD), "Keys that grow with time leave the other shards idle",
				List.of("Use the strategy hash or consistent-hash for keyspace '" + hotSpot.keyspace() + "'",
						"Or put another column first in its key"));
	}

	/**
	 * The key itself is data of the application: the endpoint tells it to those who ask.
	 */
	private static Finding hotKey(Subject subject, HotSpot hotSpot) {
		return new Finding("hot-key", subject.cluster(), Bottleneck.WRITE_LOAD, Remedy.SHARD, Severity.MEDIUM,
				Confidence.HIGH,
				"One key gets %s of the work of keyspace '%s'".formatted(Subject.percent(hotSpot.share()),
						hotSpot.keyspace()),
				List.of("%s of the work of the last minutes was for one key on shard '%s', as this instance sees it"
					.formatted(Subject.percent(hotSpot.share()), hotSpot.shard())),
				subject.path(Bottleneck.WRITE_LOAD), "More shards do not help a key that is too large for one",
				List.of("See which key it is: /actuator/scalingkeys/" + hotSpot.keyspace(),
						"Give it a shard of its own: with the strategy directory, its directory moves it while it is used",
						"Or cache what it reads, or put another column into its key"));
	}

	/**
	 * A table with what was written to it.
	 */
	private record Written(Table table, Change change) {

	}

}
