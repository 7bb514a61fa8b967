package dev.scaling.autoconfigure;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.ReplicaSelector;
import dev.scaling.monitor.ProbeConnector;
import dev.scaling.pool.BudgetMode;
import dev.scaling.pool.NodePoolFactory;
import dev.scaling.pool.Pooler;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.PhysicalConnections;
import dev.scaling.routing.ReplicaSelectors;
import dev.scaling.routing.Router;
import dev.scaling.routing.Routers;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingListener;
import dev.scaling.routing.RoutingOptions;
import dev.scaling.routing.StatementListener;
import dev.scaling.sharding.ShardOwnership;
import dev.scaling.sharding.ShardWiringException;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.transaction.jta.JtaTransactionManager;

/**
 * Makes the routing DataSource out of the application's DataSource and the replicas.
 * <p>
 * Each pool becomes a bean that is no candidate for injection by type, so that Boot binds
 * metrics to it. These beans are registered when the application's DataSource is created,
 * because only then the names of the replicas are known in all cases: a
 * {@link ScalingConnectionDetails} bean may need other beans to find them.
 */
final class RoutingDataSourceFactory {

	private static final Log logger = LogFactory.getLog(RoutingDataSourceFactory.class);

	private static final int PROBE_TIMEOUT_SECONDS = 5;

	private static final Duration POLL = Duration.ofMillis(50);

	private final DefaultListableBeanFactory beanFactory;

	private final ScalingProperties properties;

	private final PoolSettings poolSettings;

	private final ObjectProvider<ScalingConnectionDetails> connectionDetails;

	private final Clusters clusters;

	private final ClusterMonitors monitors;

	private final ClusterSettings settings;

	private final ApplicationDataSources applicationDataSources;

	private final ShardClusters shards;

	private final Poolers poolers;

	private final Map<String, PhysicalConnections> primaryConnections = new ConcurrentHashMap<>();

	RoutingDataSourceFactory(DefaultListableBeanFactory beanFactory, Environment environment,
			ScalingProperties properties, ObjectProvider<ScalingConnectionDetails> connectionDetails, Clusters clusters,
			ClusterMonitors monitors, KeyspaceFactory keyspaces) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.poolSettings = new PoolSettings(environment, properties);
		this.connectionDetails = connectionDetails;
		this.clusters = clusters;
		this.monitors = monitors;
		this.settings = new ClusterSettings(properties);
		this.poolers = new Poolers(properties);
		this.applicationDataSources = new ApplicationDataSources(beanFactory);
		this.shards = new ShardClusters(properties, connectionDetails.getIfAvailable(), keyspaces);
	}

	ApplicationDataSources applicationDataSources() {
		return this.applicationDataSources;
	}

	/**
	 * Applies our settings to the primary's pool before it starts.
	 */
	void configurePrimary(HikariDataSource pool, String beanName) {
		if (pool.isRunning()) {
			return;
		}
		boolean ofApplication = this.applicationDataSources.isBeanOfApplication(beanName);
		String cluster = applicationCluster(beanName);
		if (pool.getPoolName() == null || (!ofApplication && isGeneratedName(pool))) {
			pool.setPoolName(NodePools.id(cluster, NodePools.PRIMARY));
		}
		ScalingProperties.Pool settings = Node.MAIN_CLUSTER.equals(cluster) ? this.properties.getPrimary().getPool()
				: this.shards.primaryPool(cluster);
		if (ofApplication || !isRouted(cluster, replicas(cluster))) {
			this.poolSettings.applyOwn(pool, settings);
		}
		else {
			this.poolSettings.applyAll(pool, settings);
		}
		this.settings.applySocketTimeout(pool, NodeRole.PRIMARY);
		new NodeCredentials(this.beanFactory).apply(pool, NodePools.id(cluster, NodePools.PRIMARY));
		Pooler pooler = this.poolers.configure(pool, cluster, NodePools.PRIMARY);
		PhysicalConnections connections = NodePoolFactory.noteConnections(pool, this.shards.check(cluster), pooler);
		if (connections != null) {
			this.primaryConnections.put(beanName, connections);
		}
	}

	/**
	 * Only a routed connection leaves nothing on a session that others use, too.
	 */
	private boolean isRouted(String cluster, Map<String, ScalingConnectionDetails.Node> replicas) {
		return !replicas.isEmpty() || !this.shards.isEmpty() || this.properties.getRouting().isWithoutReplicas()
				|| this.poolers.pooler(cluster, NodePools.PRIMARY).mode().isShared()
				|| this.monitors.budgets().mode() != BudgetMode.WARN;
	}

	private static boolean isGeneratedName(HikariDataSource pool) {
		return pool.getPoolName().startsWith("HikariPool-");
	}

	private Map<String, ScalingConnectionDetails.Node> replicas() {
		return isPrimaryReplaced() ? Map.of() : details().getReplicas();
	}

	/**
	 * Whether a service connection has taken the place of the configured primary, as in
	 * tests: the replicas listed beside that primary belong to another cluster.
	 */
	private boolean isPrimaryReplaced() {
		String url = this.properties.getPrimary().getUrl();
		if (url == null || this.connectionDetails.getIfAvailable() != null) {
			return false;
		}
		JdbcConnectionDetails details = this.beanFactory.getBeanProvider(JdbcConnectionDetails.class).getIfUnique();
		return details != null && !url.equals(details.getJdbcUrl());
	}

	private ScalingConnectionDetails details() {
		return this.connectionDetails.getIfAvailable(() -> new PropertiesScalingConnectionDetails(this.properties));
	}

	/**
	 * Returns what takes the place of the application's DataSource.
	 */
	DataSource create(DataSource applicationDataSource, String beanName) {
		DataSource dataSource = (applicationDataSource instanceof LazyConnectionDataSourceProxy lazy
				&& lazy.getTargetDataSource() != null) ? lazy.getTargetDataSource() : applicationDataSource;
		HikariDataSource hikari = DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class,
				HikariDataSource.class);
		if (dataSource instanceof EmbeddedDatabase) {
			if (!this.properties.getReplicas().isEmpty()) {
				logger.warn("The replicas are not used, because the primary is an embedded database: set"
						+ " 'scaling.primary.url' or 'spring.datasource.url' if this is no test");
			}
			return applicationDataSource;
		}
		String url = url(hikari);
		checkOnlyPrimary(beanName);
		Map<String, ScalingConnectionDetails.Node> replicas = replicas(applicationCluster(beanName));
		if (url != null && !PostgresqlUrl.matches(url)) {
			return leaveAlone(applicationDataSource, url, replicas);
		}
		checkTransactionManager();
		boolean replaced = isPrimaryReplaced();
		if (replaced) {
			checkNoShards();
			logger.warn("The replicas of 'scaling.replicas' are left out, because a JdbcConnectionDetails bean has"
					+ " replaced the primary of 'scaling.primary.url', which they follow");
		}
		String cluster = applicationCluster(beanName);
		if (!isRouted(cluster, replicas)) {
			Node primary = new Node(NodePools.PRIMARY, cluster, NodeRole.PRIMARY, url, 1, true);
			NodePool pool = new NodePool(primary, dataSource);
			if (hikari != null) {
				this.monitors.leaveAlone(pool, this.monitors.connector(hikari, monitorUrl(cluster)));
			}
			this.clusters.add(new LiveTopology(pool, List.of(), Clock.systemUTC()));
			return applicationDataSource;
		}
		this.settings.check();
		NodePools pools = new NodePools(this.beanFactory, this.poolSettings, this.settings, this.monitors, this.poolers,
				beanName, hikari);
		this.shards.publish(pools);
		List<LiveTopology> topologies = new ArrayList<>();
		topologies.add(watch(pools, cluster, pools.applicationPool(cluster, dataSource, url,
				this.primaryConnections.get(beanName), monitorUrl(cluster)), replicas(cluster)));
		this.shards.details().forEach((name, shard) -> {
			if (!name.equals(cluster)) {
				topologies.add(watch(pools, name, pools.primaryPool(name, shard.getPrimary(),
						this.shards.primaryPool(name), this.shards.check(name)), shard.getReplicas()));
			}
		});
		this.monitors.awaitFirstRound();
		awaitRoom(topologies.get(0));
		checkBudgets();
		checkPrimary(topologies.get(0));
		checkWiring(topologies.stream().filter((topology) -> this.shards.contains(topology.cluster())).toList());
		topologies.forEach(this.clusters::add);
		RoutingOptions options = options(hikari);
		return new RoutingDataSource(new Routers(
				topologies.stream().map((topology) -> new Router(topology, options)).toList(), this.shards.routing()));
	}

	private LiveTopology watch(NodePools pools, String cluster, NodePools.WatchedPool primary,
			Map<String, ScalingConnectionDetails.Node> replicas) {
		Map<NodePool, ProbeConnector> connectors = new LinkedHashMap<>();
		connectors.put(primary.pool(), primary.connector());
		List<NodePool> replicaPools = new ArrayList<>();
		replicas.forEach((name, details) -> {
			NodePools.WatchedPool replica = pools.replicaPool(cluster, name, details, this.shards.primary(cluster),
					replicaSettings(cluster).get(name), this.shards.check(cluster));
			connectors.put(replica.pool(), replica.connector());
			replicaPools.add(replica.pool());
		});
		LiveTopology topology = new LiveTopology(primary.pool(), replicaPools, this.settings.topologyOptions(),
				Clock.systemUTC());
		this.monitors.watch(topology, connectors);
		return topology;
	}

	/**
	 * The URL that leads to the application's primary past its pooler.
	 */
	private @Nullable String monitorUrl(String cluster) {
		ScalingConnectionDetails.Node shard = this.shards.primary(cluster);
		if (shard != null) {
			return shard.getMonitorUrl();
		}
		ScalingConnectionDetails details = this.connectionDetails.getIfAvailable();
		return (details != null) ? details.getPrimary().getMonitorUrl()
				: isPrimaryReplaced() ? null : this.properties.getPrimary().getMonitorUrl();
	}

	private Map<String, ScalingProperties.Replica> replicaSettings(String cluster) {
		return Node.MAIN_CLUSTER.equals(cluster) ? this.properties.getReplicas() : this.shards.replicaSettings(cluster);
	}

	/**
	 * The cluster that the application's DataSource belongs to: the first shard where
	 * nothing else says what it is.
	 */
	private String applicationCluster(String beanName) {
		String shard = (this.beanFactory.getBeanProvider(JdbcConnectionDetails.class)
			.getIfUnique() instanceof ScalingJdbcConnectionDetails details) ? details.shard() : null;
		return (shard != null && !this.applicationDataSources.isBeanOfApplication(beanName)) ? shard
				: Node.MAIN_CLUSTER;
	}

	private Map<String, ScalingConnectionDetails.Node> replicas(String cluster) {
		return Node.MAIN_CLUSTER.equals(cluster) ? replicas() : this.shards.replicas(cluster);
	}

	private void checkNoShards() {
		if (!this.shards.isEmpty()) {
			throw new ScalingConfigurationException(
					"A JdbcConnectionDetails bean has replaced the primary of 'scaling.primary.url', as in a test, but not"
							+ " the shards of 'scaling.shards', which belong to another environment.",
					"Replace all of them with a ScalingConnectionDetails bean.");
		}
	}

	private void checkOnlyPrimary(String beanName) {
		String url = this.properties.getPrimary().getUrl();
		if (url != null && this.applicationDataSources.isBeanOfApplication(beanName)) {
			throw ScalingConfigurationException.ofUrl("scaling.primary.url", url,
					"The application has a DataSource bean of its own ('" + beanName
							+ "'), which is the primary's pool.",
					"Remove the property, or the bean.");
		}
	}

	private static DataSource leaveAlone(DataSource dataSource, String url,
			Map<String, ScalingConnectionDetails.Node> replicas) {
		if (replicas.isEmpty() || PostgresqlUrl.isEmbedded(url)) {
			logger.info(
					"The DataSource is left alone, because it is not PostgreSQL: " + PostgresqlUrl.withoutSecrets(url));
			return dataSource;
		}
		throw new ScalingConfigurationException(
				"The primary is not PostgreSQL, but replicas are configured. Its URL is '"
						+ PostgresqlUrl.withoutSecrets(url) + "'.",
				"Use a URL that starts with 'jdbc:postgresql:', or set 'scaling.enabled' to false.");
	}

	private void checkWiring(List<LiveTopology> shards) {
		try {
			ShardOwnership.verify(shards);
		}
		catch (ShardWiringException ex) {
			this.monitors.stop();
			throw new ScalingConfigurationException(ex.description(), ex.action(), ex);
		}
	}

	/**
	 * A server that has no connection to give may have one soon, as when several
	 * instances start at once.
	 */
	private void awaitRoom(LiveTopology topology) {
		long deadline = System.nanoTime() + acquisitionTimeout().toNanos();
		String configured = topology.configuredPrimary().node().id();
		while (topology.primary().isEmpty() && System.nanoTime() < deadline && !Thread.currentThread().isInterrupted()
				&& topology.current().node(configured).filter((status) -> isFull(status.reason())).isPresent()) {
			LockSupport.parkNanos(POLL.toNanos());
		}
	}

	private void checkBudgets() {
		try {
			this.monitors.checkBudgets();
		}
		catch (ScalingConfigurationException ex) {
			this.monitors.stop();
			throw ex;
		}
	}

	/**
	 * An application that is not asked to start without its primary says so at once, and
	 * not by whatever needs a connection first. It starts without a shard.
	 */
	private void checkPrimary(LiveTopology topology) {
		try {
			NodePool primary = topology.primary().orElseThrow(() -> noPrimary(topology));
			check(primary);
		}
		catch (ScalingConfigurationException ex) {
			if (!this.properties.getFailover().isStartWithoutPrimary()
					&& topology.cluster().equals(Node.MAIN_CLUSTER)) {
				this.monitors.stop();
				throw ex;
			}
			logger.warn("Starting without the primary. " + ex.getMessage());
		}
	}

	private static void check(NodePool primary) {
		try {
			primary.probe(PROBE_TIMEOUT_SECONDS);
		}
		catch (SQLException ex) {
			throw unreachable(primary.node(), (ex.getCause() != null) ? ex.getCause().getMessage() : ex.getMessage(),
					ex);
		}
	}

	private static ScalingConfigurationException noPrimary(LiveTopology topology) {
		Node configured = topology.configuredPrimary().node();
		NodeStatus status = topology.current().node(configured.id()).orElseThrow();
		if (status.state() == NodeState.UNREACHABLE) {
			return unreachable(configured, status.reason(), null);
		}
		String nodes = topology.current()
			.nodes()
			.stream()
			.map((node) -> node.node().id() + " is a " + node.role().name().toLowerCase(Locale.ROOT) + ", "
					+ node.state().name().toLowerCase(Locale.ROOT)
					+ ((node.reason() != null) ? " (" + node.reason() + ")" : ""))
			.collect(Collectors.joining("; "));
		return new ScalingConfigurationException("None of the configured nodes is the primary: " + nodes + ".",
				"Add the primary, or promote one of the nodes, or set 'scaling.failover.start-without-primary' to true"
						+ " to start without it.");
	}

	private static ScalingConfigurationException unreachable(Node node, @Nullable String reason,
			@Nullable Exception cause) {
		String cure = isFull(reason) ? "Raise 'max_connections', or make the pools of all instances smaller, as"
				+ " 'scaling.budget.mode: fit' does." : EncryptionFailure.cure(reason);
		return new ScalingConfigurationException("The primary '" + node.url() + "' cannot be reached: " + reason,
				((cure != null) ? cure + " " : "") + "Start the node or correct its URL and credentials, or set"
						+ " 'scaling.failover.start-without-primary' to true to start without it.",
				cause);
	}

	/**
	 * In the words of PostgreSQL 15 to 18, for a server, a role and a database.
	 */
	private static boolean isFull(@Nullable String reason) {
		return reason != null && (reason.contains("too many clients") || reason.contains("too many connections")
				|| reason.contains("connection slots"));
	}

	private void checkTransactionManager() {
		String[] names = this.beanFactory.getBeanNamesForType(JtaTransactionManager.class, true, false);
		if (names.length > 0) {
			throw new ScalingConfigurationException(
					"JTA transactions (bean '" + names[0]
							+ "') cannot be routed: they enlist XA resources of their own.",
					"Use a JDBC or JPA transaction manager, or set 'scaling.enabled' to false.");
		}
	}

	private @Nullable String url(@Nullable HikariDataSource hikari) {
		if (hikari != null && hikari.getJdbcUrl() != null) {
			return hikari.getJdbcUrl();
		}
		JdbcConnectionDetails details = this.beanFactory.getBeanProvider(JdbcConnectionDetails.class).getIfUnique();
		return (details != null) ? details.getJdbcUrl() : null;
	}

	private RoutingOptions options(@Nullable HikariDataSource primary) {
		ScalingProperties.Routing routing = this.properties.getRouting();
		ScalingProperties.Consistency consistency = this.properties.getConsistency();
		ReplicaSelector selector = this.beanFactory.getBeanProvider(ReplicaSelector.class)
			.getIfAvailable(() -> ReplicaSelectors.valueOf(routing.getSelector().name()));
		List<RoutingListener> listeners = this.beanFactory.getBeanProvider(RoutingListener.class)
			.orderedStream()
			.toList();
		return new RoutingOptions(selector, routing.getNonTransactional() == ScalingProperties.Routing.Target.REPLICA,
				routing.getRelease() == ScalingProperties.Routing.Release.CLOSE,
				primary == null || primary.isAutoCommit(), isSerializable(primary), acquisitionTimeout(),
				this.properties.getFailover().getWait(), routing.getWhenAllLag(), consistency.getMode(),
				consistency.getWindow(), consistency.getWait(), listener(listeners),
				StatementListeners
					.of(this.beanFactory.getBeanProvider(StatementListener.class).orderedStream().toList()),
				this.settings.limits(NodeRole.PRIMARY), this.settings.limits(NodeRole.REPLICA));
	}

	private static boolean isSerializable(@Nullable HikariDataSource primary) {
		String isolation = (primary != null) ? primary.getTransactionIsolation() : null;
		return isolation != null && isolation.toUpperCase(Locale.ROOT).endsWith("SERIALIZABLE");
	}

	private static RoutingListener listener(List<RoutingListener> listeners) {
		return switch (listeners.size()) {
			case 0 -> RoutingListener.NONE;
			case 1 -> listeners.get(0);
			default -> (node, reason) -> listeners.forEach((listener) -> listener.routed(node, reason));
		};
	}

	private Duration acquisitionTimeout() {
		HikariConfig configuration = new HikariConfig();
		this.poolSettings.applyAll(configuration, new ScalingProperties.Pool());
		return Duration.ofMillis(configuration.getConnectionTimeout());
	}

}
