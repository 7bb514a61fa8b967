package dev.scaling.metrics;

import java.util.function.BiPredicate;
import java.util.function.ToDoubleFunction;

import dev.scaling.metrics.ScalingMeters.NodeTags;
import dev.scaling.pool.ConnectionBudget;
import dev.scaling.pool.ConnectionBudget.Share;
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
 * server that it is on, and of the pooler in front of it.
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
				BiPredicate<ConnectionBudget, Share> ofPool = (budget, share) -> !share.isPooled();
				bind(registry, pool, ScalingMeters.BUDGET_USABLE,
						"Connections that the node's server, or the pooler in front of it, has to give", ofPool,
						(budget) -> budget.limit().usable());
				bind(registry, pool, ScalingMeters.BUDGET_DEMAND, "Connections that all instances may take of that",
						ofPool, ConnectionBudget::demand);
				bind(registry, pool, ScalingMeters.BUDGET_INSTANCES, "Instances that share that", ofPool,
						ConnectionBudget::instances);
				BiPredicate<ConnectionBudget, Share> ofServer = (budget, share) -> budget.pooler() == null;
				bind(registry, pool, ScalingMeters.BUDGET_CONNECTIONS, "Connections that the node's server has given",
						ofServer, (budget) -> budget.limits().connections());
				bind(registry, pool, ScalingMeters.BUDGET_CONNECTIONS_IDLE,
						"Connections that the node's server has given and that do nothing", ofServer,
						(budget) -> budget.limits().idle());
			}
		}
	}

	private void bind(MeterRegistry registry, NodePool pool, ScalingMeters meter, String description,
			BiPredicate<ConnectionBudget, Share> which, ToDoubleFunction<ConnectionBudget> value) {
		Gauge.builder(meter.getName(), this.budgets, (all) -> value(all, pool, which, value))
			.description(description)
			.baseUnit(meter.getBaseUnit())
			.tags(Tags.of(NodeTags.CLUSTER.asString(), pool.node().cluster(), NodeTags.NODE.asString(),
					pool.node().id()))
			.register(registry);
	}

	private static double value(ConnectionBudgets budgets, NodePool pool, BiPredicate<ConnectionBudget, Share> which,
			ToDoubleFunction<ConnectionBudget> value) {
		for (ConnectionBudget budget : budgets.budgets()) {
			for (Share share : budget.shares()) {
				if (share.pool() == pool && which.test(budget, share)) {
					return value.applyAsDouble(budget);
				}
			}
		}
		return Double.NaN;
	}

}
