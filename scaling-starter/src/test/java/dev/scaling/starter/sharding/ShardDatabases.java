package dev.scaling.starter.sharding;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.pool.ConnectionCheck;
import dev.scaling.pool.NodePoolFactory;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.PhysicalConnections;
import dev.scaling.routing.ReplicaSelectors;
import dev.scaling.routing.Router;
import dev.scaling.routing.Routers;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingListener;
import dev.scaling.routing.RoutingOptions;
import dev.scaling.routing.ShardRouting;
import dev.scaling.routing.TimeLimits;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Databases of one server that play the clusters of an application.
 */
public final class ShardDatabases implements AutoCloseable {

	private final PostgresCluster server = PostgresCluster.builder().replicas(0).start();

	private final List<HikariDataSource> pools = new ArrayList<>();

	public PostgresCluster server() {
		return this.server;
	}

	/**
	 * Connections to a database, which is created if need be.
	 */
	public DataSource database(String name) {
		JdbcClient postgres = JdbcClient.create(this.server.primary().dataSource());
		if (postgres.sql("SELECT 1 FROM pg_database WHERE datname = ?").param(name).query().listOfRows().isEmpty()) {
			postgres.sql("CREATE DATABASE \"" + name + "\"").update();
		}
		return new DriverManagerDataSource(url(name), "postgres", "");
	}

	public JdbcClient jdbc(String name) {
		return JdbcClient.create(database(name));
	}

	public String url(String name) {
		String url = this.server.primary().jdbcUrl();
		return url.substring(0, url.lastIndexOf('/') + 1) + name
				+ ((System.getProperty("postgres-cluster.pgbouncer") != null) ? "?prepareThreshold=0" : "");
	}

	/**
	 * Starts a cluster of one node.
	 */
	public LiveTopology topology(String cluster, String database, int connections, ConnectionCheck check) {
		database(database);
		HikariConfig configuration = new HikariConfig();
		configuration.setJdbcUrl(url(database));
		configuration.setUsername("postgres");
		configuration.setPassword("");
		configuration.setMaximumPoolSize(connections);
		configuration.setMinimumIdle(0);
		PhysicalConnections noted = new PhysicalConnections();
		HikariDataSource pool = NodePoolFactory.startPrimary(configuration, noted, check);
		synchronized (this.pools) {
			this.pools.add(pool);
		}
		String id = cluster.equals(Node.MAIN_CLUSTER) ? "primary" : cluster + "/primary";
		NodePool node = new NodePool(new Node(id, cluster, NodeRole.PRIMARY, url(database), 1, true), pool, noted);
		return new LiveTopology(node, List.of(), Clock.systemUTC());
	}

	/**
	 * Starts the clusters of an application instance: {@code main} in the database of
	 * that name, and shards in theirs.
	 */
	public Map<String, LiveTopology> instance(int connections, String... clusters) {
		Map<String, LiveTopology> topologies = new LinkedHashMap<>();
		for (String cluster : clusters) {
			topologies.put(cluster, topology(cluster, cluster, connections, ConnectionCheck.NONE));
		}
		return topologies;
	}

	public static RoutingDataSource routing(Map<String, LiveTopology> topologies, @Nullable ShardRouting sharding) {
		RoutingOptions options = new RoutingOptions(ReplicaSelectors.LEAST_BUSY, false, false, true, false,
				Duration.ofSeconds(10), Duration.ofSeconds(10), RoutingOptions.WhenAllLag.PRIMARY,
				ConsistencyMode.SESSION, Duration.ofSeconds(2), Duration.ZERO, RoutingListener.NONE, null,
				TimeLimits.NONE, TimeLimits.NONE);
		RoutingDataSource dataSource = new RoutingDataSource(new Routers(
				topologies.values().stream().map((topology) -> new Router(topology, options)).toList(), sharding));
		dataSource.afterPropertiesSet();
		return dataSource;
	}

	public static HikariDataSource pool(LiveTopology topology) {
		try {
			return topology.configuredPrimary().dataSource().unwrap(HikariDataSource.class);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.pools.forEach(HikariDataSource::close);
		this.server.close();
	}

}
