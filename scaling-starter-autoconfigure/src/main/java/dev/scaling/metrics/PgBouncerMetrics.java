package dev.scaling.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.pool.pgbouncer.PgBouncerStatus;
import dev.scaling.pool.pgbouncer.PgBouncerStatus.Pool;
import dev.scaling.pool.pgbouncer.PgBouncerStatus.Statistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Binds the {@link PgBouncerMeters}. Pools and databases that are gone have no meters.
 *
 * @since 0.1.0
 */
public final class PgBouncerMetrics implements MeterBinder {

	private static final double NANOSECONDS = 1e9;

	private final PgBouncerMonitor monitor;

	/**
	 * Creates the metrics.
	 * @param monitor asks PgBouncer
	 */
	public PgBouncerMetrics(PgBouncerMonitor monitor) {
		this.monitor = monitor;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder(PgBouncerMeters.UP.getName(), this.monitor, (monitor) -> monitor.status().isPresent() ? 1 : 0)
			.description("Whether the console of PgBouncer answers")
			.register(registry);
		Gauge.builder(PgBouncerMeters.WAITING.getName(), this.monitor, (monitor) -> seconds(monitor.waiting()))
			.description("Time that clients have been waiting for server connections without a break")
			.baseUnit(PgBouncerMeters.WAITING.getBaseUnit())
			.register(registry);
		Registration registration = new Registration(registry);
		this.monitor.addListener(registration::update);
	}

	private static double seconds(Duration duration) {
		return duration.toNanos() / NANOSECONDS;
	}

	private static final class Registration {

		private static final Map<PgBouncerMeters, ToDoubleFunction<Pool>> OF_POOL = new EnumMap<>(Map.of(
				PgBouncerMeters.CLIENTS_ACTIVE, Pool::clientsActive, PgBouncerMeters.CLIENTS_WAITING,
				Pool::clientsWaiting, PgBouncerMeters.SERVERS_ACTIVE, Pool::serversActive, PgBouncerMeters.SERVERS_IDLE,
				Pool::serversIdle, PgBouncerMeters.MAXWAIT, (pool) -> seconds(pool.longestWait())));

		private static final Map<PgBouncerMeters, ToDoubleFunction<Statistics>> OF_DATABASE = new EnumMap<>(
				Map.of(PgBouncerMeters.TRANSACTION_TIME, (database) -> seconds(database.averageTransaction()),
						PgBouncerMeters.QUERY_TIME, (database) -> seconds(database.averageQuery()),
						PgBouncerMeters.WAIT_TIME, (database) -> seconds(database.averageWait())));

		private final MeterRegistry registry;

		private volatile @Nullable PgBouncerStatus last;

		private final Map<PgBouncerMeters, MultiGauge> gauges = new EnumMap<>(PgBouncerMeters.class);

		private final Map<String, List<Meter>> counters = new HashMap<>();

		Registration(MeterRegistry registry) {
			this.registry = registry;
			OF_POOL.keySet().forEach(this::addGauge);
			OF_DATABASE.keySet().forEach(this::addGauge);
		}

		private void addGauge(PgBouncerMeters meter) {
			this.gauges.put(meter,
					MultiGauge.builder(meter.getName()).baseUnit(meter.getBaseUnit()).register(this.registry));
		}

		/**
		 * While the console does not answer, nobody knows more than what was counted.
		 */
		void update(Optional<PgBouncerStatus> current) {
			if (current.isEmpty()) {
				this.gauges.values().forEach((gauge) -> gauge.register(List.of(), true));
				return;
			}
			PgBouncerStatus status = current.get();
			this.last = status;
			OF_POOL.forEach((meter, value) -> gauge(meter).register(status.pools()
				.stream()
				.map((pool) -> MultiGauge.Row.of(Tags.of(PgBouncerMeters.PoolTags.DATABASE.asString(), pool.database(),
						PgBouncerMeters.PoolTags.USER.asString(), pool.user()), value.applyAsDouble(pool)))
				.toList(), true));
			OF_DATABASE.forEach((meter,
					value) -> gauge(meter).register(status.statistics()
						.stream()
						.map((database) -> MultiGauge.Row.of(tags(database.database()), value.applyAsDouble(database)))
						.toList(), true));
			updateCounters(status);
		}

		private MultiGauge gauge(PgBouncerMeters meter) {
			return Objects.requireNonNull(this.gauges.get(meter));
		}

		private void updateCounters(PgBouncerStatus status) {
			List<String> databases = status.statistics().stream().map(Statistics::database).toList();
			this.counters.entrySet().removeIf((entry) -> {
				boolean gone = !databases.contains(entry.getKey());
				if (gone) {
					entry.getValue().forEach(this.registry::remove);
				}
				return gone;
			});
			databases.forEach((database) -> this.counters.computeIfAbsent(database,
					(name) -> List.of(counter(PgBouncerMeters.TRANSACTIONS, name, Statistics::transactions),
							counter(PgBouncerMeters.QUERIES, name, Statistics::queries))));
		}

		private Meter counter(PgBouncerMeters meter, String database, ToDoubleFunction<Statistics> count) {
			return FunctionCounter.builder(meter.getName(), this, (counters) -> counters.count(database, count))
				.baseUnit(meter.getBaseUnit())
				.tags(tags(database))
				.register(this.registry);
		}

		private double count(String database, ToDoubleFunction<Statistics> count) {
			PgBouncerStatus last = this.last;
			return (last != null) ? last.statistics()
				.stream()
				.filter((statistics) -> statistics.database().equals(database))
				.mapToDouble(count)
				.sum() : 0;
		}

		private static Tags tags(String database) {
			return Tags.of(PgBouncerMeters.DatabaseTags.DATABASE.asString(), database);
		}

	}

}
