package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.Server;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.AbstractDataSource;

import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * A cluster whose nodes are seen by hand: one primary and its replicas.
 */
public final class WatchedCluster {

	/**
	 * The time of all state changes.
	 */
	public static final Instant NOW = Instant.parse("2026-01-02T03:04:05.006Z");

	/**
	 * The time when all servers were started.
	 */
	public static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

	/**
	 * The system identifier of all servers, whose highest bit is set.
	 */
	public static final long SYSTEM_IDENTIFIER = 0xF000000000000001L;

	/**
	 * How far a replica may be behind.
	 */
	public static final Duration MAX_LAG = Duration.ofSeconds(10);

	private final List<StubDataSource> servers = new ArrayList<>();

	private final Map<Integer, Long> timelineBegins = new HashMap<>();

	private long lastPosition;

	private final LiveTopology topology;

	private final Clusters clusters;

	private WatchedCluster(int replicas, @Nullable TopologyOptions options) {
		NodePool primary = pool("primary", NodeRole.PRIMARY);
		List<NodePool> pools = IntStream.rangeClosed(1, replicas)
			.mapToObj((number) -> pool("replica-" + number, NodeRole.REPLICA))
			.toList();
		this.topology = new LiveTopology(primary, pools, options, Clock.fixed(NOW, ZoneOffset.UTC));
		this.clusters = new Clusters(() -> {
		});
		this.clusters.add(this.topology);
	}

	/**
	 * A cluster of which no node has been seen.
	 * @param replicas the number of replicas
	 * @return the cluster
	 */
	public static WatchedCluster of(int replicas) {
		return new WatchedCluster(replicas, new TopologyOptions(MAX_LAG, 1_000_000, Duration.ofSeconds(30),
				Duration.ofSeconds(30), Duration.ofSeconds(10)));
	}

	/**
	 * A cluster that nobody watches.
	 * @param replicas the number of replicas
	 * @return the cluster
	 */
	public static WatchedCluster unwatched(int replicas) {
		return new WatchedCluster(replicas, null);
	}

	private NodePool pool(String id, NodeRole role) {
		StubDataSource server = new StubDataSource();
		this.servers.add(server);
		return new NodePool(new Node(id, Node.MAIN_CLUSTER, role,
				"jdbc:postgresql://" + id + ":5432/shop?password=secret", 1, !id.equals("replica-3")), server);
	}

	public LiveTopology topology() {
		return this.topology;
	}

	public Clusters clusters() {
		return this.clusters;
	}

	public NodePool node(String id) {
		return this.topology.pool(id).orElseThrow();
	}

	/**
	 * A probe has seen a primary.
	 * @param id the id of the node
	 * @param timeline the timeline that it writes
	 * @param position the position that it has written up to
	 */
	public void seePrimary(String id, int timeline, long position) {
		seePrimary(id, timeline, position, Duration.ZERO, false);
	}

	/**
	 * A probe has seen a primary.
	 * @param id the id of the node
	 * @param timeline the timeline that it writes
	 * @param position the position that it has written up to
	 * @param age how long ago the probe was sent
	 * @param readOnly whether its transactions are read-only by default
	 */
	public void seePrimary(String id, int timeline, long position, Duration age, boolean readOnly) {
		long begin = (timeline > 1) ? this.timelineBegins.computeIfAbsent(timeline, (number) -> this.lastPosition) : 0;
		this.lastPosition = Math.max(this.lastPosition, position);
		this.topology.seen(node(id), new NodeReading(this.topology.beginProbe(), System.nanoTime() - age.toNanos(),
				server(id), false, readOnly, timeline, position, position, 0, begin, null));
	}

	/**
	 * A probe has seen a standby.
	 * @param id the id of the node
	 * @param timeline the timeline that it receives
	 * @param position the position that it has replayed up to
	 */
	public void seeReplica(String id, int timeline, long position) {
		this.topology.seen(node(id), new NodeReading(this.topology.beginProbe(), System.nanoTime(), server(id), true,
				false, timeline, 0, 0, position, position, null));
	}

	/**
	 * A probe was refused.
	 * @param id the id of the node
	 */
	public void seeNothing(String id) {
		this.topology.failed(node(id), this.topology.beginProbe(),
				new ProbeFailure("connection refused", ProbeFailure.Kind.DOWN));
	}

	/**
	 * Work was routed to a node.
	 * @param id the id of the node
	 * @param reason why
	 */
	public void count(String id, RoutingReason reason) {
		node(id).count(reason);
	}

	/**
	 * Lets a node refuse all connections from now on.
	 * @param id the id of the node
	 */
	public void shutDown(String id) {
		this.servers.get(this.topology.pools().indexOf(node(id))).reachable = false;
	}

	/**
	 * How many connections a node was asked for.
	 * @param id the id of the node
	 * @return the number of connections
	 */
	public int connections(String id) {
		return this.servers.get(this.topology.pools().indexOf(node(id))).connections;
	}

	private static Server server(String id) {
		return new Server(SYSTEM_IDENTIFIER, "10.0.0." + id.length(), 5432 + id.hashCode() % 1000, STARTED);
	}

	private static final class StubDataSource extends AbstractDataSource {

		private boolean reachable = true;

		private int connections;

		@Override
		public Connection getConnection() throws SQLException {
			this.connections++;
			if (!this.reachable) {
				throw new SQLException("refused", "08001");
			}
			Connection connection = mock(Connection.class);
			given(connection.isValid(anyInt())).willReturn(true);
			return connection;
		}

		@Override
		public Connection getConnection(String username, String password) throws SQLException {
			return getConnection();
		}

	}

}
