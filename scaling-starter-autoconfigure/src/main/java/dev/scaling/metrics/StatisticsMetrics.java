package dev.scaling.metrics;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.StatisticsCollector;
import dev.scaling.metrics.ScalingMeters.NodeTags;
import dev.scaling.metrics.ScalingMeters.ServerCacheTags;
import dev.scaling.metrics.ScalingMeters.ServerCheckpointTags;
import dev.scaling.metrics.ScalingMeters.ServerConnectionTags;
import dev.scaling.metrics.ScalingMeters.ServerStandbyTags;
import dev.scaling.metrics.ScalingMeters.ServerTableTags;
import dev.scaling.metrics.ScalingMeters.ServerTransactionTags;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds the {@link ScalingMeters} of the statistics of servers. While a node does not
 * answer, it has no gauges, and its counters stand still. What has left the server, such
 * as a table or a standby, has no meters.
 *
 * @since 0.1.0
 */
public final class StatisticsMetrics implements MeterBinder {

	private static final double NANOSECONDS = 1e9;

	private final StatisticsCollector collector;

	private final int tables;

	/**
	 * Creates the metrics.
	 * @param collector asks the servers
	 * @param tables how many tables of each server have meters, 0 or more
	 */
	public StatisticsMetrics(StatisticsCollector collector, int tables) {
		this.collector = collector;
		this.tables = tables;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.collector.addListener(new Registration(registry, this.tables)::update);
	}

	/**
	 * The meters in one registry.
	 */
	private static final class Registration {

		private static final Map<ScalingMeters, String> DESCRIPTIONS = new EnumMap<>(Map.ofEntries(
				Map.entry(ScalingMeters.SERVER_CONNECTIONS, "Connections of clients to the database"),
				Map.entry(ScalingMeters.SERVER_CONNECTIONS_MAX, "Connections that the server has"),
				Map.entry(ScalingMeters.SERVER_STATEMENTS_LONG,
						"Statements that have been running for longer than five seconds"),
				Map.entry(ScalingMeters.SERVER_STATEMENTS, "Executions of statements"),
				Map.entry(ScalingMeters.SERVER_STATEMENTS_TIME, "Time of the executions of statements"),
				Map.entry(ScalingMeters.SERVER_CACHE_HIT_RATIO,
						"Share of the blocks of tables that were found in the cache"),
				Map.entry(ScalingMeters.SERVER_CACHE_BLOCKS, "Blocks of tables that were looked for in the cache"),
				Map.entry(ScalingMeters.SERVER_REPLICATION_LAG, "WAL that the standby has not replayed"),
				Map.entry(ScalingMeters.SERVER_TRANSACTIONS, "Transactions in the database"),
				Map.entry(ScalingMeters.SERVER_DEADLOCKS, "Deadlocks in the database"),
				Map.entry(ScalingMeters.SERVER_CONFLICTS, "Queries that replay has cancelled"),
				Map.entry(ScalingMeters.SERVER_TEMPORARY_FILES, "Temporary files that queries have written"),
				Map.entry(ScalingMeters.SERVER_TEMPORARY_BYTES,
						"Bytes of the temporary files that queries have written"),
				Map.entry(ScalingMeters.SERVER_DATABASE_SIZE, "Bytes of the database on disk"),
				Map.entry(ScalingMeters.SERVER_WAL, "WAL that was written"),
				Map.entry(ScalingMeters.SERVER_CHECKPOINTS, "Checkpoints"),
				Map.entry(ScalingMeters.SERVER_TABLE_SCANS, "Sequential scans of the table"),
				Map.entry(ScalingMeters.SERVER_TABLE_ROWS_SCANNED, "Rows that sequential scans of the table have read"),
				Map.entry(ScalingMeters.SERVER_TABLE_ROWS_DEAD, "Row versions that wait for vacuum"),
				Map.entry(ScalingMeters.SERVER_TABLE_SIZE, "Bytes of the table without its indexes"),
				Map.entry(ScalingMeters.SERVER_TABLE_INDEXES_SIZE, "Bytes of the indexes of the table")));

		private final MeterRegistry registry;

		private final int tables;

		private final Map<ScalingMeters, MultiGauge> gauges = new EnumMap<>(ScalingMeters.class);

		private final Map<String, ServerStatistics> known = new LinkedHashMap<>();

		private final Map<Id, Meter> counters = new HashMap<>();

		private volatile Map<Id, Double> counts = Map.of();

		Registration(MeterRegistry registry, int tables) {
			this.registry = registry;
			this.tables = tables;
			DESCRIPTIONS.keySet()
				.stream()
				.filter((meter) -> meter.getType() == Meter.Type.GAUGE)
				.forEach((meter) -> this.gauges.put(meter,
						MultiGauge.builder(meter.getName())
							.description(DESCRIPTIONS.get(meter))
							.baseUnit(meter.getBaseUnit())
							.register(registry)));
		}

		synchronized void update(List<ServerStatistics> round) {
			Values gauges = new Values();
			for (ServerStatistics statistics : round) {
				this.known.put(statistics.node(), statistics);
				addGauges(statistics, gauges);
			}
			Map<ScalingMeters, List<MultiGauge.Row<?>>> rows = new EnumMap<>(ScalingMeters.class);
			gauges.values.forEach((id, value) -> rows.computeIfAbsent(id.meter(), (meter) -> new ArrayList<>())
				.add(MultiGauge.Row.of(id.tags(), value)));
			this.gauges.forEach((meter, gauge) -> gauge.register(rows.getOrDefault(meter, List.of()), true));
			Values counters = new Values();
			this.known.values().forEach((statistics) -> addCounters(statistics, counters));
			updateCounters(counters.values);
		}

		private void updateCounters(Map<Id, Double> counts) {
			this.counts = counts;
			this.counters.entrySet().removeIf((entry) -> {
				boolean gone = !counts.containsKey(entry.getKey());
				if (gone) {
					this.registry.remove(entry.getValue());
				}
				return gone;
			});
			counts.keySet().forEach((id) -> this.counters.computeIfAbsent(id, this::counter));
		}

		private Meter counter(Id id) {
			return FunctionCounter
				.builder(id.meter().getName(), this,
						(registration) -> Objects.requireNonNullElse(registration.counts.get(id), 0.0))
				.description(DESCRIPTIONS.get(id.meter()))
				.baseUnit(id.meter().getBaseUnit())
				.tags(id.tags())
				.register(this.registry);
		}

		private void addGauges(ServerStatistics statistics, Values values) {
			Tags node = tags(statistics);
			statistics.connections()
				.forEach((state, number) -> values.add(ScalingMeters.SERVER_CONNECTIONS, node,
						ServerConnectionTags.STATE, state(state), number));
			values.set(ScalingMeters.SERVER_CONNECTIONS_MAX, node, statistics.maxConnections());
			values.set(ScalingMeters.SERVER_STATEMENTS_LONG, node, statistics.running().size());
			values.set(ScalingMeters.SERVER_CACHE_HIT_RATIO, node, statistics.blocks().hitRatio());
			values.set(ScalingMeters.SERVER_DATABASE_SIZE, node, statistics.database().size());
			statistics.standbys().stream().filter((standby) -> standby.replayed() != null).forEach((standby) -> {
				Tags tags = node.and(ServerStandbyTags.STANDBY.asString(), standby.name());
				Double other = values.values.get(new Id(ScalingMeters.SERVER_REPLICATION_LAG, tags));
				values.set(ScalingMeters.SERVER_REPLICATION_LAG, tags,
						Math.max(standby.lagBytes(), (other != null) ? other : 0));
			});
			statistics.tables().stream().limit(this.tables).forEach((table) -> {
				Tags tags = node.and(ServerTableTags.TABLE.asString(), table.name());
				values.set(ScalingMeters.SERVER_TABLE_ROWS_DEAD, tags, table.deadRows());
				values.set(ScalingMeters.SERVER_TABLE_SIZE, tags, table.size());
				values.set(ScalingMeters.SERVER_TABLE_INDEXES_SIZE, tags, table.indexSize());
			});
		}

		private void addCounters(ServerStatistics statistics, Values values) {
			Tags node = tags(statistics);
			values.add(ScalingMeters.SERVER_CACHE_BLOCKS, node, ServerCacheTags.RESULT, "hit",
					statistics.blocks().hit());
			values.add(ScalingMeters.SERVER_CACHE_BLOCKS, node, ServerCacheTags.RESULT, "read",
					statistics.blocks().read());
			ServerStatistics.Database database = statistics.database();
			values.add(ScalingMeters.SERVER_TRANSACTIONS, node, ServerTransactionTags.OUTCOME, "committed",
					database.commits());
			values.add(ScalingMeters.SERVER_TRANSACTIONS, node, ServerTransactionTags.OUTCOME, "rolled-back",
					database.rollbacks());
			values.set(ScalingMeters.SERVER_DEADLOCKS, node, database.deadlocks());
			values.set(ScalingMeters.SERVER_CONFLICTS, node, database.conflicts());
			values.set(ScalingMeters.SERVER_TEMPORARY_FILES, node, database.temporaryFiles());
			values.set(ScalingMeters.SERVER_TEMPORARY_BYTES, node, database.temporaryBytes());
			ServerStatistics.Wal wal = statistics.wal();
			if (wal != null) {
				values.set(ScalingMeters.SERVER_WAL, node, wal.bytes());
				values.add(ScalingMeters.SERVER_CHECKPOINTS, node, ServerCheckpointTags.KIND, "timed",
						wal.timedCheckpoints());
				values.add(ScalingMeters.SERVER_CHECKPOINTS, node, ServerCheckpointTags.KIND, "requested",
						wal.requestedCheckpoints());
			}
			ServerStatistics.Statements statements = statistics.statements();
			if (statements != null) {
				values.set(ScalingMeters.SERVER_STATEMENTS, node, statements.calls());
				values.set(ScalingMeters.SERVER_STATEMENTS_TIME, node, statements.totalTime().toNanos() / NANOSECONDS);
			}
			statistics.tables().stream().limit(this.tables).forEach((table) -> {
				Tags tags = node.and(ServerTableTags.TABLE.asString(), table.name());
				values.set(ScalingMeters.SERVER_TABLE_SCANS, tags, table.sequentialScans());
				values.set(ScalingMeters.SERVER_TABLE_ROWS_SCANNED, tags, table.sequentialRows());
			});
		}

		/**
		 * The server says {@code idle in transaction (aborted)}.
		 */
		private static String state(String state) {
			return state.replace("(", "").replace(")", "").replace(' ', '-');
		}

		private static Tags tags(ServerStatistics statistics) {
			return Tags.of(NodeTags.CLUSTER.asString(), statistics.cluster(), NodeTags.NODE.asString(),
					statistics.node());
		}

	}

	private record Id(ScalingMeters meter, Tags tags) {

	}

	/**
	 * What meters show.
	 */
	private static final class Values {

		private final Map<Id, Double> values = new HashMap<>();

		void set(ScalingMeters meter, Tags tags, double value) {
			this.values.put(new Id(meter, tags), value);
		}

		void add(ScalingMeters meter, Tags node, KeyName tag, String tagValue, double value) {
			set(meter, node.and(tag.asString(), tagValue), value);
		}

	}

}
