package dev.scaling.metrics;

import java.util.function.ToDoubleFunction;

import dev.scaling.metrics.ScalingMeters.NodeTags;
import dev.scaling.pool.ConnectionBudget;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds the {@link ScalingMeters} of the connection budget: for each node, those of the
 * server that it is on.
 *
 * @since 0.1.0
 */
public final class BudgetMetrics implements MeterBinder {

	private final Clusters clusters;

	private final ConnectionBudgets budgets;

	/**
	 * Creates the metrics.
	 * @param clusters the clusters to measure
	 * @param budgets their budgets
	 */
	public BudgetMetrics(Clusters clusters, ConnectionBudgets budgets) {
		this.clusters = clusters;
		this.budgets = budgets;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (LiveTopology topology : this.clusters.all()) {
			for (NodePool pool : topology.pools()) {
				bind(registry, pool, ScalingMeters.BUDGET_USABLE, "Connections that the node's server has to give",
						(budget) -> budget.limit().usable());
				bind(registry, pool, ScalingMeters.BUDGET_DEMAND,
						"Connections that all instances may take of the node's server", ConnectionBudget::demand);
				bind(registry, pool, ScalingMeters.BUDGET_INSTANCES, "Instances that share the node's server",
						ConnectionBudget::instances);
				bind(registry, pool, ScalingMeters.BUDGET_CONNECTIONS, "Connections that the node's server has given",
						(budget) -> budget.limits().connections());
				bind(registry, pool, ScalingMeters.BUDGET_CONNECTIONS_IDLE,
						"Connections that the node's server has given and that do nothing",
						(budget) -> budget.limits().idle());
			}
		}
	}

	private void bind(MeterRegistry registry, NodePool pool, ScalingMeters meter, String description,
			ToDoubleFunction<ConnectionBudget> value) {
		Gauge.builder(meter.getName(), this.budgets, (all) -> value(all, pool, value))
			.description(description)
			.baseUnit(meter.getBaseUnit())
			.tags(Tags.of(NodeTags.CLUSTER.asString(), pool.node().cluster(), NodeTags.NODE.asString(),
					pool.node().id()))
			.register(registry);
	}

	private static double value(ConnectionBudgets budgets, NodePool pool, ToDoubleFunction<ConnectionBudget> value) {
		for (ConnectionBudget budget : budgets.budgets()) {
			for (ConnectionBudget.Share share : budget.shares()) {
				if (share.pool() == pool) {
					return value.applyAsDouble(budget);
				}
			}
		}
		return Double.NaN;
	}

}
