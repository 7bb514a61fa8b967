package dev.scaling.insight.advisor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.insight.DecisionLog;
import dev.scaling.insight.RepeatedQueries;
import dev.scaling.insight.advisor.Evidence.Budget;
import dev.scaling.insight.advisor.Evidence.HotSpot;
import dev.scaling.insight.advisor.Evidence.Pool;
import dev.scaling.insight.advisor.Evidence.Pooler;
import dev.scaling.insight.statistics.StatisticsHistory;
import dev.scaling.pool.ConnectionBudget;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeStatus;
import org.jspecify.annotations.Nullable;

/**
 * Asks an {@link Advisor} about the application and its servers as they are now. It looks
 * at what has been collected, and asks no server itself. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ScalingAdvisor {

	private final Advisor advisor;

	private final Clusters clusters;

	private final ConnectionBudgets budgets;

	private final Sources sources;

	/**
	 * Creates an advisor.
	 * @param thresholds from where on something is found
	 * @param clusters the clusters
	 * @param budgets the connection budgets
	 * @param sources what else is known
	 */
	public ScalingAdvisor(Thresholds thresholds, Clusters clusters, ConnectionBudgets budgets, Sources sources) {
		this.advisor = new Advisor(thresholds);
		this.clusters = clusters;
		this.budgets = budgets;
		this.sources = sources;
	}

	/**
	 * The advice at this moment.
	 * @return the advice, never {@code null}
	 */
	public Advice advice() {
		return this.advisor.advise(evidence());
	}

	Evidence evidence() {
		StatisticsHistory history = this.sources.statistics().get();
		RepeatedQueries repeated = this.sources.repeatedQueries().get();
		DecisionLog decisions = this.sources.decisions().get();
		PgBouncerMonitor poolers = this.sources.poolers().get();
		List<Pool> pools = pools();
		return new Evidence((history != null) ? history.nodes() : List.of(), pools,
				this.budgets.budgets().stream().map(ScalingAdvisor::budget).toList(),
				(poolers != null) ? poolers.findings()
					.stream()
					.map((finding) -> new Pooler(finding.id(), finding.summary(), finding.action()))
					.toList() : List.of(),
				(repeated != null) ? repeated.queries() : List.of(),
				(decisions != null) ? ReadingMethods.of(decisions.decisions()) : List.of(),
				this.sources.hotSpots().get());
	}

	private List<Pool> pools() {
		List<Pool> pools = new ArrayList<>();
		for (LiveTopology topology : this.clusters.all()) {
			List<NodeStatus> statuses = topology.current().nodes();
			for (NodePool pool : topology.pools()) {
				pools.add(pool(pool,
						statuses.stream()
							.filter((status) -> status.node().id().equals(pool.node().id()))
							.findFirst()
							.orElse(null)));
			}
		}
		return pools;
	}

	private static Pool pool(NodePool pool, @Nullable NodeStatus status) {
		HikariPoolMXBean statistics = pool.statistics();
		Map<RoutingReason, Long> decisions = new EnumMap<>(RoutingReason.class);
		for (RoutingReason reason : RoutingReason.values()) {
			decisions.put(reason, pool.decisions(reason));
		}
		return new Pool(pool.node().cluster(), pool.node().id(),
				(status != null) ? status.role() == NodeRole.PRIMARY : pool.node().role() == NodeRole.PRIMARY,
				(statistics != null) ? statistics.getActiveConnections() : pool.busy(), pool.maximumSize(),
				(statistics != null) ? statistics.getThreadsAwaitingConnection() : 0, pool.poolerMode().isShared(),
				(status != null && status.lag() != null) ? status.lag().time() : null, decisions);
	}

	private static Budget budget(ConnectionBudget budget) {
		List<NodePool> pools = budget.shares().stream().map(ConnectionBudget.Share::pool).toList();
		return new Budget(pools.get(0).node().cluster(), pools.stream().map((pool) -> pool.node().id()).toList(),
				budget.verdict(), budget.instances(), budget.limit().usable(),
				(budget.pooler() != null) ? 0 : budget.poolSize(), budget.isExceededByPooler(), budget.arithmetic(),
				budget.cure());
	}

	/**
	 * What is known beside the clusters. Each source is asked each time, and gives
	 * {@code null} if there is nothing of the kind.
	 *
	 * @param statistics what the servers say
	 * @param repeatedQueries the statements that are repeated
	 * @param decisions the last decisions
	 * @param poolers what PgBouncer says
	 * @param hotSpots the keyspaces with a hot spot; never {@code null}
	 */
	public record Sources(Supplier<@Nullable StatisticsHistory> statistics,
			Supplier<@Nullable RepeatedQueries> repeatedQueries, Supplier<@Nullable DecisionLog> decisions,
			Supplier<@Nullable PgBouncerMonitor> poolers, Supplier<List<HotSpot>> hotSpots) {

		public Sources {
			Objects.requireNonNull(hotSpots, "'hotSpots' must not be null");
		}

	}

}
