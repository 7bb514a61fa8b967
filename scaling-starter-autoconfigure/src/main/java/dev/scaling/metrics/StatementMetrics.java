package dev.scaling.metrics;

import java.util.function.ToDoubleFunction;

import dev.scaling.insight.SlowQueryLog;
import dev.scaling.metrics.ScalingMeters.NodeTags;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds the {@link ScalingMeters} of slow and failed statements.
 *
 * @since 0.1.0
 */
public final class StatementMetrics implements MeterBinder {

	private final Clusters clusters;

	private final SlowQueryLog log;

	/**
	 * Creates the metrics.
	 * @param clusters the clusters to measure
	 * @param log counts the statements
	 */
	public StatementMetrics(Clusters clusters, SlowQueryLog log) {
		this.clusters = clusters;
		this.log = log;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (LiveTopology topology : this.clusters.all()) {
			for (NodePool pool : topology.pools()) {
				bind(registry, pool, ScalingMeters.QUERIES_SLOW, "Statements that took longer than the threshold",
						(log) -> log.slow(pool.node()));
				bind(registry, pool, ScalingMeters.QUERIES_FAILED, "Statements that failed",
						(log) -> log.failed(pool.node()));
			}
		}
	}

	private void bind(MeterRegistry registry, NodePool pool, ScalingMeters meter, String description,
			ToDoubleFunction<SlowQueryLog> count) {
		FunctionCounter.builder(meter.getName(), this.log, count)
			.description(description)
			.baseUnit(meter.getBaseUnit())
			.tags(Tags.of(NodeTags.CLUSTER.asString(), pool.node().cluster(), NodeTags.NODE.asString(),
					pool.node().id()))
			.register(registry);
	}

}
