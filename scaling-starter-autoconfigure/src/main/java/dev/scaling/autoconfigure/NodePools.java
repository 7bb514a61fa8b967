package dev.scaling.autoconfigure;

import java.util.function.Supplier;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import dev.scaling.monitor.ProbeConnector;
import dev.scaling.pool.ConnectionCheck;
import dev.scaling.pool.NodePoolFactory;
import dev.scaling.pool.Pooler;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.PhysicalConnections;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.NestedExceptionUtils;

/**
 * Starts the pools of nodes, and makes them beans.
 */
final class NodePools {

	static final String PRIMARY = "primary";

	private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

	private final DefaultListableBeanFactory beanFactory;

	private final PoolSettings poolSettings;

	private final ClusterSettings settings;

	private final ClusterMonitors monitors;

	private final Poolers poolers;

	private final String applicationBeanName;

	private final @Nullable HikariDataSource applicationPool;

	/**
	 * Creates a factory.
	 * @param applicationBeanName the name of the application's DataSource, which depends
	 * on the pools
	 * @param applicationPool the pool of the application's DataSource, whose credentials
	 * others inherit
	 */
	NodePools(DefaultListableBeanFactory beanFactory, PoolSettings poolSettings, ClusterSettings settings,
			ClusterMonitors monitors, Poolers poolers, String applicationBeanName,
			@Nullable HikariDataSource applicationPool) {
		this.beanFactory = beanFactory;
		this.poolSettings = poolSettings;
		this.settings = settings;
		this.monitors = monitors;
		this.poolers = poolers;
		this.applicationBeanName = applicationBeanName;
		this.applicationPool = applicationPool;
	}

	/**
	 * The id of a node.
	 */
	static String id(String cluster, String name) {
		return Node.MAIN_CLUSTER.equals(cluster) ? name : cluster + "/" + name;
	}

	/**
	 * The properties of a cluster.
	 */
	static String property(String cluster) {
		return Node.MAIN_CLUSTER.equals(cluster) ? "scaling" : "scaling.shards." + cluster;
	}

	/**
	 * Whether a name may be that of a node or a shard.
	 */
	static boolean isName(String name) {
		return NODE_NAME.matcher(name).matches();
	}

	/**
	 * Makes the application's own pool that of a primary.
	 */
	WatchedPool applicationPool(String cluster, DataSource dataSource, @Nullable String url,
			@Nullable PhysicalConnections connections, @Nullable String monitorUrl) {
		Node node = new Node(id(cluster, PRIMARY), cluster, NodeRole.PRIMARY, url, 1, true);
		checkMonitorUrl(monitorUrl, property(cluster) + ".primary");
		NodePool pool = new NodePool(node, register(node, dataSource, false), connections,
				this.poolers.pooler(cluster, PRIMARY).mode(), direct(this.applicationPool, monitorUrl));
		return new WatchedPool(pool, (this.applicationPool != null)
				? this.monitors.connector(this.applicationPool, monitorUrl) : ProbeConnector.ofPool(dataSource));
	}

	/**
	 * Connections past the pooler, as the user of the pool.
	 */
	private static @Nullable DataSource direct(@Nullable HikariDataSource pool, @Nullable String monitorUrl) {
		if (pool == null || monitorUrl == null) {
			return null;
		}
		com.zaxxer.hikari.util.Credentials credentials = pool.getCredentials();
		return new DriverDataSource(monitorUrl, pool.getDriverClassName(), pool.getDataSourceProperties(),
				credentials.getUsername(), credentials.getPassword());
	}

	private static void checkMonitorUrl(@Nullable String monitorUrl, String property) {
		if (monitorUrl != null && !PostgresqlUrl.matches(monitorUrl)) {
			throw ScalingConfigurationException.ofUrl(property + ".monitor-url", monitorUrl, "It is not PostgreSQL.",
					"Use a URL that starts with 'jdbc:postgresql:'.");
		}
	}

	/**
	 * Connections to a shard's primary without a pool, which nobody checks.
	 */
	DataSource unpooled(String shard, ScalingConnectionDetails.Node primary) {
		String property = property(shard) + ".primary";
		String url = url(primary, property, "A shard needs the JDBC URL of its primary.");
		checkUrl(url, property, "It is not PostgreSQL.");
		HikariConfig configuration = new HikariConfig();
		this.poolSettings.applyAll(configuration, new ScalingProperties.Pool());
		this.poolers.pooler(shard, PRIMARY).configure(configuration);
		Credentials credentials = credentials(primary);
		return new DriverDataSource(url, null, configuration.getDataSourceProperties(), credentials.username(),
				credentials.password());
	}

	/**
	 * Starts the pool of a shard's primary.
	 */
	WatchedPool primaryPool(String shard, ScalingConnectionDetails.Node primary, ScalingProperties.Pool settings,
			ConnectionCheck check) {
		String property = property(shard) + ".primary";
		String url = url(primary, property, "A shard needs the JDBC URL of its primary.");
		checkUrl(url, property, "It is not PostgreSQL.");
		Node node = new Node(id(shard, PRIMARY), shard, NodeRole.PRIMARY, url, 1, true);
		HikariConfig configuration = configuration(node, url, primary, null, settings);
		Pooler pooler = this.poolers.configure(configuration, shard, PRIMARY);
		checkMonitorUrl(primary.getMonitorUrl(), property);
		PhysicalConnections connections = new PhysicalConnections();
		HikariDataSource pool = start(configuration, property,
				() -> NodePoolFactory.startPrimary(configuration, connections, check, pooler));
		return watched(node, pool, connections, pooler, primary.getMonitorUrl());
	}

	/**
	 * Starts the pool of a replica.
	 */
	WatchedPool replicaPool(String cluster, String name, ScalingConnectionDetails.Node replica,
			ScalingConnectionDetails.@Nullable Node primary, ScalingProperties.@Nullable Replica settings,
			ConnectionCheck check) {
		String property = property(cluster) + ".replicas." + name;
		String url = url(replica, property, "A replica needs the JDBC URL of its node.");
		int weight = (settings != null) ? settings.getWeight() : 1;
		checkReplica(name, url, weight, property);
		Node node = new Node(id(cluster, name), cluster, NodeRole.REPLICA, url, weight,
				settings == null || settings.isPromotable());
		HikariConfig configuration = configuration(node, url, replica, primary,
				(settings != null) ? settings.getPool() : new ScalingProperties.Pool());
		Pooler pooler = this.poolers.configure(configuration, cluster, name);
		checkMonitorUrl(replica.getMonitorUrl(), property);
		PhysicalConnections connections = new PhysicalConnections();
		HikariDataSource pool = start(configuration, property,
				() -> NodePoolFactory.start(configuration, connections, check, pooler));
		return watched(node, pool, connections, pooler, replica.getMonitorUrl());
	}

	private HikariConfig configuration(Node node, String url, ScalingConnectionDetails.Node details,
			ScalingConnectionDetails.@Nullable Node primary, ScalingProperties.Pool settings) {
		HikariConfig configuration = new HikariConfig();
		this.poolSettings.applyAll(configuration, settings);
		configuration.setPoolName(node.id());
		configuration.setAutoCommit(this.applicationPool == null || this.applicationPool.isAutoCommit());
		configuration.setJdbcUrl(url);
		this.settings.applySocketTimeout(configuration, node.role());
		new NodeCredentials(this.beanFactory).apply(configuration, node.id());
		Credentials inherited = credentials(primary);
		configuration.setUsername((details.getUsername() != null) ? details.getUsername() : inherited.username());
		configuration.setPassword((details.getPassword() != null) ? details.getPassword() : inherited.password());
		return configuration;
	}

	private WatchedPool watched(Node node, HikariDataSource pool, PhysicalConnections connections, Pooler pooler,
			@Nullable String monitorUrl) {
		return new WatchedPool(
				new NodePool(node, register(node, pool, true), connections, pooler.mode(), direct(pool, monitorUrl)),
				this.monitors.connector(pool, monitorUrl));
	}

	private static HikariDataSource start(HikariConfig configuration, String property,
			Supplier<HikariDataSource> start) {
		try {
			return start.get();
		}
		catch (RuntimeException ex) {
			throw ScalingConfigurationException.ofUrl(property + ".url", configuration.getJdbcUrl(),
					"The driver does not take it, or a setting of the pool is wrong: "
							+ NestedExceptionUtils.getMostSpecificCause(ex).getMessage() + ".",
					"Use a URL of the form 'jdbc:postgresql://host:port/database'.");
		}
	}

	private static String url(ScalingConnectionDetails.Node node, String property, String reason) {
		try {
			return node.getJdbcUrl();
		}
		catch (IllegalStateException ex) {
			throw new InvalidConfigurationPropertyValueException(property + ".url", null, reason);
		}
	}

	private static void checkUrl(String url, String property, String reason) {
		if (!PostgresqlUrl.matches(url)) {
			throw ScalingConfigurationException.ofUrl(property + ".url", url, reason,
					"Use a URL that starts with 'jdbc:postgresql:'.");
		}
	}

	private void checkReplica(String name, String url, int weight, String property) {
		if (!isName(name) || name.equals(PRIMARY)) {
			throw new InvalidConfigurationPropertyValueException(property, name,
					"The name of a replica consists of up to 63 letters, digits, '-', '_' and '.', and is not 'primary'.");
		}
		checkUrl(url, property, "A replica is a PostgreSQL node.");
		if (weight < 1 || weight > 1000) {
			throw new InvalidConfigurationPropertyValueException(property + ".weight", weight,
					"A weight is from 1 to 1000. Remove the replica to give it no reads.");
		}
	}

	private Credentials credentials(ScalingConnectionDetails.@Nullable Node primary) {
		if (primary != null && primary.getUsername() != null) {
			return new Credentials(primary.getUsername(), primary.getPassword());
		}
		if (this.applicationPool != null && this.applicationPool.getUsername() != null) {
			return new Credentials(this.applicationPool.getUsername(), this.applicationPool.getPassword());
		}
		JdbcConnectionDetails details = this.beanFactory.getBeanProvider(JdbcConnectionDetails.class).getIfUnique();
		return (details != null) ? new Credentials(details.getUsername(), details.getPassword())
				: new Credentials(null, null);
	}

	/**
	 * Makes a pool a bean, and returns that bean: post-processors may have wrapped it.
	 */
	private DataSource register(Node node, DataSource pool, boolean close) {
		String name = node.id() + "DataSource";
		if (this.beanFactory.containsBean(name)) {
			throw new ScalingConfigurationException(
					"The pool of node '" + node.id() + "' cannot become the bean '" + name
							+ "', because the application has a bean of this name.",
					node.isPrimary() ? "Give that bean another name." : "Give that bean or the replica another name.");
		}
		RootBeanDefinition definition = new RootBeanDefinition(DataSource.class);
		definition.setInstanceSupplier(() -> pool);
		definition.setDefaultCandidate(false);
		definition.setAttribute(ApplicationDataSources.NODE_ATTRIBUTE, node.id());
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, node.id()));
		definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		definition.setDestroyMethodName(close ? "close" : "");
		this.beanFactory.registerBeanDefinition(name, definition);
		this.beanFactory.registerDependentBean(name, this.applicationBeanName);
		return this.beanFactory.getBean(name, DataSource.class);
	}

	/**
	 * A pool, and the monitor's own way to its node.
	 */
	record WatchedPool(NodePool pool, ProbeConnector connector) {

	}

	private record Credentials(@Nullable String username, @Nullable String password) {

	}

}
