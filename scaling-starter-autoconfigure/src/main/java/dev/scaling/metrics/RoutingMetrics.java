package dev.scaling.metrics;

import java.util.Locale;

import dev.scaling.metrics.ScalingMeters.DecisionTags;
import dev.scaling.metrics.ScalingMeters.NodeTags;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds the {@link ScalingMeters} of all nodes. The library counts anyway: a registry
 * that reads the numbers costs a call nothing.
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
			for (NodePool pool : topology.pools()) {
				bind(registry, topology, pool);
			}
		}
	}

	private void bind(MeterRegistry registry, LiveTopology topology, NodePool pool) {
		Node node = pool.node();
		Tags tags = tags(node);
		Gauge.builder(ScalingMeters.NODE_UP.getName(), topology, (live) -> isUp(live, node) ? 1 : 0)
			.description("Whether the node is given work")
			.tags(tags)
			.register(registry);
		Gauge.builder(ScalingMeters.NODE_BUSY.getName(), pool, NodePool::busy)
			.description("Physical connections that work is using")
			.baseUnit(ScalingMeters.NODE_BUSY.getBaseUnit())
			.tags(tags)
			.register(registry);
		for (RoutingReason reason : RoutingReason.values()) {
			if (node.isPrimary() || reason.isReplica() || reason == RoutingReason.PINNED) {
				FunctionCounter
					.builder(ScalingMeters.ROUTING_DECISIONS.getName(), pool, (counted) -> counted.decisions(reason))
					.description("How often the node was chosen to serve work")
					.baseUnit(ScalingMeters.ROUTING_DECISIONS.getBaseUnit())
					.tags(tags.and(DecisionTags.REASON.asString(), reason.tag()))
					.register(registry);
			}
		}
	}

	private static Tags tags(Node node) {
		return Tags.of(NodeTags.CLUSTER.asString(), node.cluster(), NodeTags.NODE.asString(), node.id(),
				NodeTags.ROLE.asString(), node.role().name().toLowerCase(Locale.ROOT));
	}

	private static boolean isUp(LiveTopology topology, Node node) {
		return topology.current().node(node.id()).filter((status) -> status.state() == NodeState.UP).isPresent();
	}

}
