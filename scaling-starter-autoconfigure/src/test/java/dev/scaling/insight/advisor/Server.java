package dev.scaling.insight.advisor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.ServerStatistics.Blocks;
import dev.scaling.insight.statistics.ServerStatistics.Database;
import dev.scaling.insight.statistics.ServerStatistics.Index;
import dev.scaling.insight.statistics.ServerStatistics.Missing;
import dev.scaling.insight.statistics.ServerStatistics.RunningStatement;
import dev.scaling.insight.statistics.ServerStatistics.Standby;
import dev.scaling.insight.statistics.ServerStatistics.Statement;
import dev.scaling.insight.statistics.ServerStatistics.Statements;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.ServerStatistics.Wal;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;

/**
 * A server that a test makes up: looked at twice, and all counters were 0 the first time.
 */
final class Server {

	static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

	final String cluster;

	final String node;

	final boolean primary;

	Duration length = Duration.ofHours(30);

	boolean profiled = true;

	boolean lookedAtOnce;

	int maxConnections = 100;

	final Map<String, Integer> connections = new LinkedHashMap<>(Map.of("active", 1, "idle", 5));

	final List<RunningStatement> running = new ArrayList<>();

	final List<Standby> standbys = new ArrayList<>();

	final List<Table> tables = new ArrayList<>();

	final List<Index> unusedIndexes = new ArrayList<>();

	final List<Statement> statements = new ArrayList<>();

	Duration readTime = Duration.ofSeconds(60);

	Duration writeTime = Duration.ofSeconds(10);

	Blocks blocks = new Blocks(1_000_000, 100);

	long rowsFetched = 100_000;

	long rowsWritten = 10_000;

	long databaseSize = 1L << 30;

	long databaseGrowth;

	Wal wal = new Wal(1 << 20, 10, 0, 100, 1);

	Server(String cluster, String node, boolean primary) {
		this.cluster = cluster;
		this.node = node;
		this.primary = primary;
	}

	static Server primary() {
		return new Server("main", "primary", true);
	}

	static Server replica() {
		return new Server("main", "replica-1", false);
	}

	Server table(String name, long scans, long scannedRows, long inserted, long updated, String timeColumn, long size) {
		this.tables.add(new Table(name, scans, scannedRows, 10, inserted, updated, 0, 100_000, 0, 2, size, 0, null,
				timeColumn, false));
		return this;
	}

	Server statement(String sql, long calls, Duration mean, long rows, long walBytes) {
		this.statements.add(new Statement(this.statements.size() + 1, sql, calls, mean.multipliedBy(calls), mean, rows,
				new Blocks(100, 0), walBytes));
		return this;
	}

	NodeStatistics statistics() {
		ServerStatistics latest = look(START.plus(this.length), true);
		if (this.lookedAtOnce) {
			return new NodeStatistics(latest, null, latest);
		}
		ServerStatistics first = look(START, false);
		return new NodeStatistics(first, first, latest);
	}

	private ServerStatistics look(Instant time, boolean done) {
		int factor = done ? 1 : 0;
		Duration read = this.readTime.multipliedBy(factor);
		Duration write = this.writeTime.multipliedBy(factor);
		Statements all = new Statements(START, 1000L * factor, read.plus(write), read,
				done ? List.copyOf(this.statements) : List.of(), done ? List.copyOf(this.statements) : List.of());
		return new ServerStatistics(this.cluster, this.node, this.primary, time, START, Map.copyOf(this.connections),
				this.maxConnections, List.copyOf(this.running), List.copyOf(this.standbys),
				new Blocks(this.blocks.hit() * factor, this.blocks.read() * factor),
				this.tables.stream().map((table) -> done ? table : empty(table)).toList(),
				List.copyOf(this.unusedIndexes), this.profiled ? all : null,
				new Database(1000L * factor, 0, 0, this.rowsFetched * factor, this.rowsWritten * factor, 0, 0, 0, 0,
						this.databaseSize - (done ? 0 : this.databaseGrowth)),
				this.primary ? new Wal(this.wal.bytes() * factor, 0, 0, this.wal.timedCheckpoints() * factor,
						this.wal.requestedCheckpoints() * factor) : null,
				Map.of("shared_buffers", "128MB", "max_wal_size", "1GB"),
				this.profiled ? List.of() : List.of(new Missing("pg_stat_statements", "it is not installed",
						"CREATE EXTENSION pg_stat_statements")));
	}

	private static Table empty(Table table) {
		return new Table(table.name(), 0, 0, 0, 0, 0, 0, table.liveRows(), 0, table.indexes(), table.size(),
				table.indexSize(), null, table.timeColumn(), table.partitioned());
	}

}
