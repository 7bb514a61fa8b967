package dev.scaling.actuate.endpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.pool.ConnectionBudget;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.pool.ServerLimits;
import dev.scaling.routing.Clusters;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.util.unit.DataSize;

/**
 * {@link Endpoint @Endpoint} that shows how many connections each server has to give, and
 * how many the instances of this application may take.
 *
 * @since 0.1.0
 */
@Endpoint(id = "scalingbudget")
public final class ScalingBudgetEndpoint {

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
		return new BudgetDescriptor(name(this.budgets.mode()),
				this.budgets.budgets().stream().map(this::describe).toList());
	}

	private ServerBudgetDescriptor describe(ConnectionBudget budget) {
		Map<String, PoolDescriptor> nodes = new LinkedHashMap<>();
		for (ConnectionBudget.Share share : budget.shares()) {
			HikariPoolMXBean statistics = share.pool().statistics();
			nodes.put(share.pool().node().id(),
					new PoolDescriptor(share.configured(), share.pool().maximumSize(), share.others(),
							(statistics != null) ? statistics.getTotalConnections() : 0,
							(statistics != null) ? statistics.getActiveConnections() : 0,
							(statistics != null) ? statistics.getIdleConnections() : 0));
		}
		ServerLimits limits = budget.limits();
		ConnectionBudget.Limit limit = budget.limit();
		return new ServerBudgetDescriptor(nodes, limits.maxConnections(), limits.reserved(), limits.usable(),
				new LimitDescriptor(name(limit.scope()), limit.name(), limit.usable()),
				new InstancesDescriptor(budget.instances(), this.budgets.isFixed()), budget.perInstance(),
				budget.demand(), name(budget.verdict()), budget.arithmetic(), describe(limits));
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
	 */
	public record BudgetDescriptor(String mode, List<ServerBudgetDescriptor> servers) implements OperationResponseBody {

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
	 * @param demand how many all instances may take of the limit
	 * @param verdict {@code fits}, {@code fitted}, {@code tight} or {@code exceeded}
	 * @param arithmetic all of that in one sentence
	 * @param connections what clients have now, of all applications
	 */
	public record ServerBudgetDescriptor(Map<String, PoolDescriptor> nodes, int maxConnections, int reserved,
			int usable, LimitDescriptor limit, InstancesDescriptor instances, int perInstance, long demand,
			String verdict, String arithmetic, ConnectionsDescriptor connections) {

	}

	/**
	 * Description of a limit.
	 *
	 * @param scope {@code server}, {@code role} or {@code database}
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
	 * @param configured the configured size of the pool
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
