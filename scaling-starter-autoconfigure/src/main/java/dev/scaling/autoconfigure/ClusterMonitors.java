package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.scaling.monitor.ClusterMonitor;
import dev.scaling.monitor.MonitorOptions;
import dev.scaling.monitor.ProbeConnector;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
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

	private final List<ClusterMonitor> monitors = new CopyOnWriteArrayList<>();

	private final List<LiveTopology> topologies = new CopyOnWriteArrayList<>();

	ClusterMonitors(ScalingProperties properties, Environment environment, NodeCredentials credentials) {
		this.properties = properties;
		this.credentials = credentials;
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
				this.options);
		this.monitors.add(monitor);
		this.topologies.add(topology);
		monitor.start();
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

	void start() {
		this.monitors.forEach(ClusterMonitor::start);
	}

	void stop() {
		this.monitors.forEach(ClusterMonitor::stop);
	}

	@Override
	public void destroy() {
		stop();
		this.topologies.forEach(LiveTopology::close);
	}

}
