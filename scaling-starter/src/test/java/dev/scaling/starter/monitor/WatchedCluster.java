package dev.scaling.starter.monitor;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.scaling.monitor.ClusterMonitor;
import dev.scaling.monitor.MonitorOptions;
import dev.scaling.monitor.ProbeConnector;
import dev.scaling.pool.ConnectionCheck;
import dev.scaling.pool.NodePoolFactory;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.PhysicalConnections;
import dev.scaling.routing.TopologyOptions;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * What an application has of a cluster without the application: pools, a topology and its
 * monitor.
 */
final class WatchedCluster implements AutoCloseable {

	static final Duration INTERVAL = Duration.ofMillis(100);

	static final Duration TIMEOUT = Duration.ofMillis(500);

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Map<String, HikariDataSource> pools = new LinkedHashMap<>();

	private final LiveTopology topology;

	private final ClusterMonitor monitor;

	private WatchedCluster(Builder builder) {
		List<NodePool> nodePools = new ArrayList<>();
		Map<NodePool, ProbeConnector> connectors = new LinkedHashMap<>();
		builder.nodes.forEach((id, node) -> {
			NodePool pool = createPool(id, node, !builder.notPromotable.equals(id));
			nodePools.add(pool);
			connectors.put(pool, ProbeConnector.ofUrl(node.jdbcUrl(), null, new Properties(),
					() -> Credentials.of(builder.username, "secret")));
		});
		TopologyOptions options = new TopologyOptions(Duration.ofSeconds(10), 1L << 40, Duration.ofSeconds(30),
				Duration.ofSeconds(30), Duration.ofSeconds(3));
		this.topology = new LiveTopology(nodePools.get(0), nodePools.subList(1, nodePools.size()), options,
				Clock.systemUTC());
		this.monitor = new ClusterMonitor(this.topology, connectors::get,
				new MonitorOptions(INTERVAL, TIMEOUT, builder.instances, builder.application, UUID.randomUUID()));
	}

	private NodePool createPool(String id, PostgresNode node, boolean promotable) {
		boolean primary = this.pools.isEmpty();
		PhysicalConnections connections = new PhysicalConnections();
		HikariConfig configuration = new HikariConfig();
		configuration.setPoolName(id);
		configuration.setJdbcUrl(node.jdbcUrl());
		configuration.setUsername(node.username());
		configuration.setMaximumPoolSize(2);
		configuration.setMinimumIdle(0);
		configuration.setConnectionTimeout(1000);
		HikariDataSource pool = NodePoolFactory.start(configuration, connections, ConnectionCheck.NONE);
		this.pools.put(id, pool);
		return new NodePool(new Node(id, Node.MAIN_CLUSTER, primary ? NodeRole.PRIMARY : NodeRole.REPLICA,
				node.jdbcUrl(), 1, promotable), pool, connections);
	}

	static Builder of(PostgresCluster cluster) {
		Builder builder = new Builder(cluster);
		builder.nodes.put("primary", cluster.node("primary"));
		for (int i = 1; i < cluster.nodes().size(); i++) {
			builder.nodes.put("replica-" + i, cluster.replica(i));
		}
		return builder;
	}

	LiveTopology topology() {
		return this.topology;
	}

	ClusterMonitor monitor() {
		return this.monitor;
	}

	HikariDataSource pool(String id) {
		return this.pools.get(id);
	}

	NodePool node(String id) {
		return this.topology.pool(id).orElseThrow();
	}

	NodeStatus status(String id) {
		return this.topology.current().node(id).orElseThrow();
	}

	NodeState state(String id) {
		return status(id).state();
	}

	String reason(String id) {
		String reason = status(id).reason();
		return (reason != null) ? reason : "";
	}

	NodeReading reading(String id) {
		NodeReading reading = status(id).reading();
		if (reading == null) {
			throw new IllegalStateException("Node " + id + " has not been seen: " + status(id));
		}
		return reading;
	}

	String primary() {
		return this.topology.primary().map((pool) -> pool.node().id()).orElse("none");
	}

	WatchedCluster awaitUp() {
		await("all nodes").untilAsserted(() -> {
			for (NodeStatus status : this.topology.current().nodes()) {
				if (status.state() != NodeState.UP) {
					throw new AssertionError(status.toString());
				}
			}
		});
		return this;
	}

	void awaitState(String id, NodeState state) {
		await(id + " is " + state).untilAsserted(() -> {
			if (state(id) != state) {
				throw new AssertionError(status(id).toString());
			}
		});
	}

	void awaitPrimary(String id) {
		await("primary is " + id).until(() -> primary().equals(id));
	}

	/**
	 * Waits until a node has been seen by probes that were sent from now on.
	 */
	void awaitProbes(String id, int number) {
		for (int i = 0; i < number; i++) {
			long epoch = this.topology.epoch();
			await("probe of " + id).until(() -> reading(id).epoch() > epoch);
		}
	}

	static ConditionFactory await(String what) {
		return Awaitility.await(what).pollInterval(Duration.ofMillis(5)).atMost(PATIENCE);
	}

	@Override
	public void close() {
		this.monitor.stop();
		this.pools.values().forEach(HikariDataSource::close);
	}

	/**
	 * Describes a watched cluster.
	 */
	static final class Builder {

		private final Map<String, PostgresNode> nodes = new LinkedHashMap<>();

		private String username;

		private String notPromotable = "";

		private int instances = 1;

		private String application = "shop";

		private Builder(PostgresCluster cluster) {
			this.username = cluster.primary().username();
		}

		Builder node(String id, PostgresNode node) {
			this.nodes.put(id, node);
			return this;
		}

		Builder username(String username) {
			this.username = username;
			return this;
		}

		Builder notPromotable(String id) {
			this.notPromotable = id;
			return this;
		}

		Builder instances(int instances) {
			this.instances = instances;
			return this;
		}

		Builder countInstances(String application) {
			this.instances = 0;
			this.application = application;
			return this;
		}

		WatchedCluster build() {
			return new WatchedCluster(this);
		}

		WatchedCluster start() {
			WatchedCluster cluster = build();
			cluster.monitor.start();
			return cluster;
		}

	}

}
