package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.scaling.monitor.ClusterMonitor;
import dev.scaling.monitor.MonitorOptions;
import dev.scaling.monitor.ProbeConnector;
import dev.scaling.pool.BudgetMode;
import dev.scaling.pool.BudgetVerdict;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.NodeState;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The monitors of all clusters. They start with the application's DataSource, because it
 * may be used before the application has started, and stop after it.
 */
final class ClusterMonitors implements DisposableBean {

	private static final Duration FIRST_ROUND = Duration.ofSeconds(5);

	private static final Duration CATCH_UP = Duration.ofSeconds(1);

	private final ScalingProperties properties;

	private final MonitorOptions options;

	private final NodeCredentials credentials;

	private final ScalingBudgetProperties budget;

	private final ConnectionBudgets budgets;

	private final List<ClusterMonitor> monitors = new CopyOnWriteArrayList<>();

	private final List<LiveTopology> topologies = new CopyOnWriteArrayList<>();

	private final Map<NodePool, ProbeConnector> connectors = new ConcurrentHashMap<>();

	ClusterMonitors(ScalingProperties properties, Environment environment, NodeCredentials credentials,
			ScalingBudgetProperties budget, ConnectionBudgets budgets) {
		this.properties = properties;
		this.credentials = credentials;
		this.budget = budget;
		this.budgets = budgets;
		ScalingProperties.Monitor monitor = properties.getMonitor();
		ClusterSettings settings = new ClusterSettings(properties);
		settings.check();
		this.options = new MonitorOptions(monitor.getInterval(), monitor.getTimeout(), settings.instances(),
				environment.getProperty("spring.application.name", "application"), UUID.randomUUID());
	}

	/**
	 * The monitor's own way to the node of a pool.
	 * @param monitorUrl the URL that leads past a pooler, or {@code null} for the pool's
	 */
	ProbeConnector connector(HikariDataSource pool, @Nullable String monitorUrl) {
		String url = (monitorUrl != null) ? monitorUrl : pool.getJdbcUrl();
		if (url == null) {
			return ProbeConnector.ofPool(pool);
		}
		Properties properties = new Properties();
		properties.putAll(pool.getDataSourceProperties());
		HikariCredentialsProvider own = this.credentials.ofMonitor();
		return ProbeConnector.ofUrl(url, pool.getDriverClassName(), properties,
				(own != null) ? own::getCredentials : () -> credentials(pool));
	}

	private Credentials credentials(HikariDataSource pool) {
		ScalingProperties.Monitor monitor = this.properties.getMonitor();
		if (StringUtils.hasText(monitor.getUsername())) {
			return Credentials.of(monitor.getUsername(), monitor.getPassword());
		}
		HikariCredentialsProvider provider = pool.getCredentialsProvider();
		return (provider != null) ? provider.getCredentials() : pool.getCredentials();
	}

	/**
	 * Begins to watch a cluster.
	 */
	void watch(LiveTopology topology, Map<NodePool, ProbeConnector> connectors) {
		ClusterMonitor monitor = new ClusterMonitor(topology, (pool) -> Objects.requireNonNull(connectors.get(pool)),
				this.options, this.budget.getInterval());
		this.connectors.putAll(connectors);
		this.monitors.add(monitor);
		this.topologies.add(topology);
		this.budgets.add(topology.pools(), monitor,
				(pool) -> (Objects.requireNonNull(connectors.get(pool)).isShared() ? 0 : 1)
						+ ((pool == topology.configuredPrimary()) ? listeners(topology.cluster()) : 0));
		monitor.start();
	}

	/**
	 * Notes the way to a node that nobody watches.
	 */
	void leaveAlone(NodePool pool, ProbeConnector connector) {
		this.connectors.put(pool, connector);
	}

	/**
	 * The monitor's own way to a node.
	 * @return the connector, or {@code null} if none is known
	 */
	@Nullable ProbeConnector connector(NodePool pool) {
		return this.connectors.get(pool);
	}

	/**
	 * How many connections hear of the changes of directories in a cluster.
	 */
	private int listeners(String cluster) {
		return (int) this.properties.getKeyspaces()
			.values()
			.stream()
			.filter((keyspace) -> keyspace.getStrategy().equals("directory")
					&& keyspace.getDirectory().getCluster().equals(cluster))
			.count();
	}

	/**
	 * Returns when each node of all clusters has answered or failed once, and the
	 * replicas have had a moment to replay what the primary wrote last.
	 */
	void awaitFirstRound() {
		this.monitors.forEach((monitor) -> monitor.awaitFirstRound(FIRST_ROUND));
		this.topologies.forEach((topology) -> topology.awaitPrimary(FIRST_ROUND));
		this.topologies.forEach((topology) -> topology.awaitReplicas(CATCH_UP));
	}

	/**
	 * Calculates the connection budgets. It waits for what the servers say only where
	 * something depends on that.
	 * @throws ScalingConfigurationException if the application must not start
	 */
	void checkBudgets() {
		if (this.budgets.mode() == BudgetMode.WARN) {
			return;
		}
		this.budgets.awaitFirst(FIRST_ROUND, this::isAnswering);
		if (this.budgets.mode() == BudgetMode.FAIL) {
			this.budgets.budgets()
				.stream()
				.filter((budget) -> budget.verdict() == BudgetVerdict.EXCEEDED && !budget.isExceededByPooler())
				.findFirst()
				.ifPresent((budget) -> {
					throw new ScalingConfigurationException(
							"The instances of this application may take more connections than "
									+ ((budget.pooler() != null) ? "PgBouncer accepts: " : "a server has: ")
									+ budget.arithmetic() + ".",
							StringUtils.capitalize(budget.cure()) + ".");
				});
		}
		this.budgets.start();
	}

	private boolean isAnswering(NodePool pool) {
		return this.topologies.stream()
			.filter((topology) -> topology.pools().contains(pool))
			.anyMatch((topology) -> topology.primary().isPresent() && topology.current()
				.node(pool.node().id())
				.filter((status) -> status.state() != NodeState.UNREACHABLE)
				.isPresent());
	}

	ConnectionBudgets budgets() {
		return this.budgets;
	}

	/**
	 * Whether nothing is watched.
	 */
	boolean isEmpty() {
		return this.monitors.isEmpty();
	}

	/**
	 * How many instances there are if nobody counts them.
	 */
	int fixedInstances() {
		return Math.max(1, this.options.instances());
	}

	void start() {
		this.monitors.forEach(ClusterMonitor::start);
		this.budgets.start();
	}

	void stop() {
		this.budgets.stop();
		this.monitors.forEach(ClusterMonitor::stop);
	}

	@Override
	public void destroy() {
		stop();
		this.topologies.forEach(LiveTopology::close);
	}

}
