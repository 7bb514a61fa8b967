package dev.scaling.metrics;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import dev.scaling.metrics.ScalingMeters.ClusterTags;
import dev.scaling.metrics.ScalingMeters.DecisionTags;
import dev.scaling.metrics.ScalingMeters.NodeTags;
import dev.scaling.metrics.ScalingMeters.ProbeTags;
import dev.scaling.metrics.ScalingMeters.StateTags;
import dev.scaling.metrics.ScalingMeters.WaitTags;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.ProbeFailure;
import dev.scaling.routing.RoutingReason;
import dev.scaling.routing.TimedCount;
import dev.scaling.topology.Lag;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Binds the {@link ScalingMeters} of all clusters and nodes. The library counts anyway: a
 * registry that reads the numbers costs a call nothing.
 *
 * @since 0.1.0
 */
public final class RoutingMetrics implements MeterBinder {

	private final Clusters clusters;

	/**
	 * Creates the metrics.
	 * @param clusters the clusters to measure
	 */
	public RoutingMetrics(Clusters clusters) {
		this.clusters = clusters;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (LiveTopology topology : this.clusters.all()) {
			bindFailovers(registry, topology);
			for (NodePool pool : topology.pools()) {
				Tags tags = Tags.of(NodeTags.CLUSTER.asString(), pool.node().cluster(), NodeTags.NODE.asString(),
						pool.node().id());
				bindState(registry, topology, pool.node(), tags);
				bindReplication(registry, topology, pool.node(), tags);
				bindWork(registry, pool, tags);
				bindProbes(registry, pool, tags);
			}
		}
	}

	private static void bindFailovers(MeterRegistry registry, LiveTopology topology) {
		Tags tags = Tags.of(ClusterTags.CLUSTER.asString(), topology.cluster());
		FunctionCounter.builder(ScalingMeters.FAILOVERS.getName(), topology, LiveTopology::failovers)
			.description("How often another node became the primary")
			.baseUnit(ScalingMeters.FAILOVERS.getBaseUnit())
			.tags(tags)
			.register(registry);
		FunctionCounter.builder(ScalingMeters.CONSISTENCY_LOST.getName(), topology, LiveTopology::lostPositions)
			.description("Positions of sessions that were lost in failovers")
			.baseUnit(ScalingMeters.CONSISTENCY_LOST.getBaseUnit())
			.tags(tags)
			.register(registry);
		bindWaits(registry, topology.waits(true), tags.and(WaitTags.OUTCOME.asString(), "fresh"));
		bindWaits(registry, topology.waits(false), tags.and(WaitTags.OUTCOME.asString(), "timeout"));
	}

	private static void bindWaits(MeterRegistry registry, TimedCount waits, Tags tags) {
		bind(registry, ScalingMeters.CONSISTENCY_WAITS, "How long reads waited for a replica that is fresh enough",
				waits, tags);
	}

	private static void bindProbes(MeterRegistry registry, NodePool pool, Tags tags) {
		String outcome = ProbeTags.OUTCOME.asString();
		String description = "How long the probes of the node took";
		bind(registry, ScalingMeters.MONITOR_PROBES, description, pool.answeredProbes(), tags.and(outcome, "answered"));
		for (ProbeFailure.Kind kind : ProbeFailure.Kind.values()) {
			bind(registry, ScalingMeters.MONITOR_PROBES, description, pool.failedProbes(kind),
					tags.and(outcome, kind.name().toLowerCase(Locale.ROOT)));
		}
	}

	private static void bind(MeterRegistry registry, ScalingMeters meter, String description, TimedCount count,
			Tags tags) {
		FunctionTimer.builder(meter.getName(), count, TimedCount::count, TimedCount::nanoseconds, TimeUnit.NANOSECONDS)
			.description(description)
			.tags(tags)
			.register(registry);
	}

	private static void bindState(MeterRegistry registry, LiveTopology topology, Node node, Tags tags) {
		Gauge.builder(ScalingMeters.NODE_UP.getName(), topology, (live) -> flag(isIn(live, node, NodeState.UP)))
			.description("Whether the node is given work")
			.tags(tags)
			.register(registry);
		Gauge.builder(ScalingMeters.NODE_PRIMARY.getName(), topology, (live) -> flag(isPrimary(live, node)))
			.description("Whether the node takes the writes")
			.tags(tags)
			.register(registry);
		for (NodeState state : NodeState.values()) {
			Gauge.builder(ScalingMeters.NODE_STATE.getName(), topology, (live) -> flag(isIn(live, node, state)))
				.description("Whether the node is in the state")
				.tags(tags.and(StateTags.STATE.asString(), state.name().toLowerCase(Locale.ROOT)))
				.register(registry);
		}
	}

	private static void bindReplication(MeterRegistry registry, LiveTopology topology, Node node, Tags tags) {
		TimeGauge
			.builder(ScalingMeters.NODE_LAG.getName(), topology, TimeUnit.NANOSECONDS,
					(live) -> lag(live, node, (lag) -> lag.time().toNanos()))
			.description("How long the replica is behind the primary")
			.tags(tags)
			.register(registry);
		Gauge.builder(ScalingMeters.NODE_LAG_BYTES.getName(), topology, (live) -> lag(live, node, Lag::bytes))
			.description("How much WAL of the primary the replica has not replayed")
			.baseUnit(ScalingMeters.NODE_LAG_BYTES.getBaseUnit())
			.tags(tags)
			.register(registry);
		Gauge.builder(ScalingMeters.NODE_TIMELINE.getName(), topology, (live) -> timeline(live, node))
			.description("Timeline that the node was seen on last")
			.tags(tags)
			.register(registry);
	}

	private static void bindWork(MeterRegistry registry, NodePool pool, Tags tags) {
		Gauge.builder(ScalingMeters.NODE_BUSY.getName(), pool, NodePool::busy)
			.description("Physical connections that work is using or waiting for")
			.baseUnit(ScalingMeters.NODE_BUSY.getBaseUnit())
			.tags(tags)
			.register(registry);
		FunctionCounter.builder(ScalingMeters.ROUTING_RETRIES.getName(), pool, NodePool::retries)
			.description("How often a read was repeated elsewhere because the node had failed")
			.baseUnit(ScalingMeters.ROUTING_RETRIES.getBaseUnit())
			.tags(tags)
			.register(registry);
		for (RoutingReason reason : RoutingReason.values()) {
			FunctionCounter
				.builder(ScalingMeters.ROUTING_DECISIONS.getName(), pool, (counted) -> counted.decisions(reason))
				.description("How often the node was chosen to serve work")
				.baseUnit(ScalingMeters.ROUTING_DECISIONS.getBaseUnit())
				.tags(tags.and(DecisionTags.REASON.asString(), reason.tag()))
				.register(registry);
		}
	}

	private static double flag(boolean value) {
		return value ? 1 : 0;
	}

	private static @Nullable NodeStatus status(LiveTopology topology, Node node) {
		return topology.current().node(node.id()).orElse(null);
	}

	private static boolean isIn(LiveTopology topology, Node node, NodeState state) {
		NodeStatus status = status(topology, node);
		return status != null && status.state() == state;
	}

	private static boolean isPrimary(LiveTopology topology, Node node) {
		return node.equals(topology.current().primary());
	}

	/**
	 * What a node was behind before it stopped to answer says nothing about now, and a
	 * node of another history is not behind this one.
	 */
	private static double lag(LiveTopology topology, Node node, ToDoubleFunction<Lag> value) {
		NodeStatus status = status(topology, node);
		if (status == null || status.state() == NodeState.UNREACHABLE || status.state() == NodeState.FENCED) {
			return Double.NaN;
		}
		Lag lag = status.lag();
		return (lag != null) ? value.applyAsDouble(lag) : Double.NaN;
	}

	private static double timeline(LiveTopology topology, Node node) {
		NodeStatus status = status(topology, node);
		NodeReading reading = (status != null) ? status.reading() : null;
		return (reading != null && reading.timeline() > 0) ? reading.timeline() : Double.NaN;
	}

}
