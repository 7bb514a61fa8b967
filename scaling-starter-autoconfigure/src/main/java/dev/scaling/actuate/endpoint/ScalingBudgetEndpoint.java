package dev.scaling.actuate.endpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.pool.ConnectionBudget;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.pool.PoolerLimits;
import dev.scaling.pool.ServerLimits;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.NodePool;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.util.unit.DataSize;

/**
 * {@link Endpoint @Endpoint} that shows how many connections each server, and a pooler in
 * front of it, has to give, and how many the instances of this application may take.
 *
 * @since 0.1.0
 */
@Endpoint(id = "scalingbudget")
public final class ScalingBudgetEndpoint {

	private static final String UNKNOWN = "unknown";

	private final Clusters clusters;

	private final ConnectionBudgets budgets;

	private final DataSize memoryPerConnection;

	/**
	 * Creates the endpoint.
	 * @param clusters the clusters, which are there before their budgets are
	 * @param budgets the budgets to show
	 * @param memoryPerConnection what a connection takes on the server, about
	 */
	public ScalingBudgetEndpoint(Clusters clusters, ConnectionBudgets budgets, DataSize memoryPerConnection) {
		this.clusters = clusters;
		this.budgets = budgets;
		this.memoryPerConnection = memoryPerConnection;
	}

	/**
	 * The budget of each server.
	 * @return the budgets; servers that have not answered yet are missing
	 */
	@ReadOperation
	public BudgetDescriptor budget() {
		this.clusters.all();
		List<ConnectionBudget> budgets = this.budgets.budgets();
		return new BudgetDescriptor(name(this.budgets.mode()),
				budgets.stream().filter((budget) -> budget.pooler() == null).map(this::describe).toList(),
				poolers(budgets));
	}

	private ServerBudgetDescriptor describe(ConnectionBudget budget) {
		ServerLimits limits = budget.limits();
		return new ServerBudgetDescriptor(nodes(budget), limits.maxConnections(), limits.reserved(), limits.usable(),
				limit(budget), instances(budget), budget.perInstance(), budget.limit().pooled().most(), budget.demand(),
				name(budget.verdict()), budget.arithmetic(), describe(limits));
	}

	/**
	 * There is one pooler at most whose console is known.
	 */
	private List<PoolerBudgetDescriptor> poolers(List<ConnectionBudget> budgets) {
		String reason = this.budgets.unknownPooler();
		for (ConnectionBudget budget : budgets) {
			PoolerLimits pooler = budget.pooler();
			if (pooler != null) {
				return List.of(new PoolerBudgetDescriptor(nodes(budget), pooler.maxClients(), limit(budget),
						instances(budget), budget.perInstance(), budget.demand(), name(budget.verdict()),
						budget.arithmetic(), pooler.clients(), reason));
			}
		}
		if (reason == null) {
			return List.of();
		}
		Map<String, PoolDescriptor> nodes = new LinkedHashMap<>();
		for (NodePool pool : this.budgets.poolerNodes()) {
			nodes.put(pool.node().id(), pool(pool, pool.maximumSize(), 0));
		}
		return List.of(new PoolerBudgetDescriptor(nodes, null, null, null, null, null, UNKNOWN, null, null, reason));
	}

	private static Map<String, PoolDescriptor> nodes(ConnectionBudget budget) {
		Map<String, PoolDescriptor> nodes = new LinkedHashMap<>();
		for (ConnectionBudget.Share share : budget.shares()) {
			nodes.put(share.pool().node().id(), share.isPooled() ? new PoolDescriptor(0, 0, share.others(), 0, 0, 0)
					: pool(share.pool(), share.configured(), share.others()));
		}
		return nodes;
	}

	private static PoolDescriptor pool(NodePool pool, int configured, int others) {
		HikariPoolMXBean statistics = pool.statistics();
		return new PoolDescriptor(configured, pool.maximumSize(), others,
				(statistics != null) ? statistics.getTotalConnections() : 0,
				(statistics != null) ? statistics.getActiveConnections() : 0,
				(statistics != null) ? statistics.getIdleConnections() : 0);
	}

	private static LimitDescriptor limit(ConnectionBudget budget) {
		ConnectionBudget.Limit limit = budget.limit();
		return new LimitDescriptor(name(limit.scope()).replace('_', '-'), limit.name(), limit.usable());
	}

	private InstancesDescriptor instances(ConnectionBudget budget) {
		return new InstancesDescriptor(budget.instances(), this.budgets.isFixed());
	}

	private ConnectionsDescriptor describe(ServerLimits limits) {
		int seen = limits.connections() - limits.hidden();
		return new ConnectionsDescriptor(limits.connections(), limits.idle(), limits.hidden(),
				(seen > 0) ? Math.round(100.0 * limits.idle() / seen) / 100.0 : null,
				limits.idle() * this.memoryPerConnection.toBytes());
	}

	private static String name(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Description of all budgets.
	 *
	 * @param mode what happens if a server has too few connections
	 * @param servers the servers
	 * @param poolers the pooler between the application and nodes, if its console is
	 * known
	 */
	public record BudgetDescriptor(String mode, List<ServerBudgetDescriptor> servers,
			List<PoolerBudgetDescriptor> poolers) implements OperationResponseBody {

	}

	/**
	 * Description of the budget of one server.
	 *
	 * @param nodes the nodes on the server by their ids
	 * @param maxConnections {@code max_connections} of the server
	 * @param reserved how many of them are kept from ordinary users
	 * @param usable how many are left for all applications
	 * @param limit the limit that is reached first
	 * @param instances how many instances of this application share the server
	 * @param perInstance how many connections an instance may take of the limit
	 * @param pooled how many a pooler may take of the limit
	 * @param demand how many all instances and the pooler may take of the limit
	 * @param verdict {@code fits}, {@code fitted}, {@code tight} or {@code exceeded}
	 * @param arithmetic all of that in one sentence
	 * @param connections what clients have now, of all applications
	 */
	public record ServerBudgetDescriptor(Map<String, PoolDescriptor> nodes, int maxConnections, int reserved,
			int usable, LimitDescriptor limit, InstancesDescriptor instances, int perInstance, int pooled, long demand,
			String verdict, String arithmetic, ConnectionsDescriptor connections) {

	}

	/**
	 * Description of the budget of a pooler. What is not known is {@code null}.
	 *
	 * @param nodes the nodes behind it by their ids
	 * @param maxClients how many clients it accepts
	 * @param limit the limit that is reached first
	 * @param instances how many instances of this application share the pooler
	 * @param perInstance how many connections an instance may take of the limit
	 * @param demand how many all instances may take of the limit
	 * @param verdict {@code fits}, {@code fitted}, {@code tight}, {@code exceeded} or
	 * {@code unknown}
	 * @param arithmetic all of that in one sentence
	 * @param clients how many clients it has now, of all applications
	 * @param reason why the console has not answered the last time, so that the rest is
	 * unknown or old
	 */
	public record PoolerBudgetDescriptor(Map<String, PoolDescriptor> nodes, @Nullable Integer maxClients,
			@Nullable LimitDescriptor limit, @Nullable InstancesDescriptor instances, @Nullable Integer perInstance,
			@Nullable Long demand, String verdict, @Nullable String arithmetic, @Nullable Integer clients,
			@Nullable String reason) {

	}

	/**
	 * Description of a limit.
	 *
	 * @param scope {@code server}, {@code role} or {@code database}, or those of a
	 * pooler: {@code pooler}, {@code pooler-user} or {@code pooler-database}
	 * @param name the name of the setting, role or database
	 * @param usable how many connections it allows
	 */
	public record LimitDescriptor(String scope, String name, int usable) {

	}

	/**
	 * Description of the instances.
	 *
	 * @param number how many there are
	 * @param fixed whether that is configured, else it is counted
	 */
	public record InstancesDescriptor(int number, boolean fixed) {

	}

	/**
	 * Description of what this instance takes for one node.
	 *
	 * @param configured the configured size of the pool, 0 for a server whose connections
	 * a pooler has
	 * @param maximum its size now
	 * @param others how many connections there are beside it: that of the monitor, and
	 * those that listen to the directories of keyspaces
	 * @param total how many connections the pool holds
	 * @param active how many of them are in use
	 * @param idle how many of them are not
	 */
	public record PoolDescriptor(int configured, int maximum, int others, int total, int active, int idle) {

	}

	/**
	 * Description of the connections that a server has given.
	 *
	 * @param total how many there are
	 * @param idle how many of them are seen to do nothing
	 * @param hidden of how many this user may not know that
	 * @param idleShare the share of idle ones among those that are seen, from 0 to 1, or
	 * {@code null} if none is
	 * @param idleMemory what the idle ones take on the server in bytes, estimated
	 */
	public record ConnectionsDescriptor(int total, int idle, int hidden, @Nullable Double idleShare, long idleMemory) {

	}

}
