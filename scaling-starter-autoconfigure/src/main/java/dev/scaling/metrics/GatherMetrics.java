package dev.scaling.metrics;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;

import dev.scaling.metrics.ScalingMeters.ClusterTags;
import dev.scaling.metrics.ScalingMeters.GatherTags;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.sharding.GatherExecutor;
import dev.scaling.sharding.GatherListener;
import dev.scaling.topology.Node;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds the {@link ScalingMeters} of work on many shards. Thread-safe.
 *
 * @since 0.1.0
 */
public final class GatherMetrics implements MeterBinder, GatherListener {

	private final Supplier<Clusters> clusters;

	private final Supplier<GatherExecutor> executor;

	private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

	private final List<Map<Outcome, Timer>> timers = new CopyOnWriteArrayList<>();

	/**
	 * Creates the metrics.
	 * @param clusters gives the clusters, when meters are bound
	 * @param executor gives what runs the work, when meters are bound
	 */
	public GatherMetrics(Supplier<Clusters> clusters, Supplier<GatherExecutor> executor) {
		this.clusters = clusters;
		this.executor = executor;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Map<Outcome, Timer> timers = new EnumMap<>(Outcome.class);
		for (Outcome outcome : Outcome.values()) {
			timers.put(outcome,
					Timer.builder(ScalingMeters.GATHERS.getName())
						.description("How long callers waited for work on many shards")
						.tag(GatherTags.OUTCOME.asString(), outcome.name().toLowerCase(Locale.ROOT))
						.register(registry));
		}
		this.timers.add(timers);
		for (LiveTopology topology : this.clusters.get().all()) {
			String shard = topology.cluster();
			if (shard.equals(Node.MAIN_CLUSTER)) {
				continue;
			}
			FunctionCounter.builder(ScalingMeters.GATHER_FAILURES.getName(), failures(shard), LongAdder::sum)
				.description("How often the shard failed, or was late, in work on many shards")
				.baseUnit(ScalingMeters.GATHER_FAILURES.getBaseUnit())
				.tag(ClusterTags.CLUSTER.asString(), shard)
				.register(registry);
			bind(registry, ScalingMeters.GATHER_RUNNING, "Branches that have a place on the shard", shard,
					GatherExecutor::running);
			bind(registry, ScalingMeters.GATHER_WAITING, "Branches that wait for a place on the shard", shard,
					GatherExecutor::waiting);
			bind(registry, ScalingMeters.GATHER_ABANDONED, "Branches that run although nobody waits for them any more",
					shard, GatherExecutor::abandoned);
		}
	}

	private void bind(MeterRegistry registry, ScalingMeters meter, String description, String shard,
			ToDoubleBiFunction<GatherExecutor, String> number) {
		Gauge.builder(meter.getName(), this.executor.get(), (measured) -> number.applyAsDouble(measured, shard))
			.description(description)
			.baseUnit(meter.getBaseUnit())
			.tag(ClusterTags.CLUSTER.asString(), shard)
			.register(registry);
	}

	private LongAdder failures(String shard) {
		return this.failures.computeIfAbsent(shard, (name) -> new LongAdder());
	}

	@Override
	public void finished(Outcome outcome, long nanos, Collection<String> shards, Collection<String> failed) {
		for (Map<Outcome, Timer> timers : this.timers) {
			Timer timer = timers.get(outcome);
			if (timer != null) {
				timer.record(nanos, TimeUnit.NANOSECONDS);
			}
		}
		failed.forEach((shard) -> failures(shard).increment());
	}

}
