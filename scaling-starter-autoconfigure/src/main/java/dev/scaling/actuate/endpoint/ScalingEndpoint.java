package dev.scaling.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.Lag;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import dev.scaling.topology.Server;
import dev.scaling.topology.Topology;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows the clusters, who is their primary, their nodes,
 * and how often which node was chosen for which reason. What changes something has to be
 * allowed by {@code management.endpoint.scaling.access}.
 *
 * @since 0.1.0
 */
@Endpoint(id = "scaling", defaultAccess = Access.READ_ONLY)
public final class ScalingEndpoint {

	private final Clusters clusters;

	private final ConsistencyMode consistency;

	private final Supplier<Map<String, List<String>>> keyspaces;

	/**
	 * Creates the endpoint.
	 * @param clusters the clusters to show
	 * @param consistency how sessions see their own writes
	 * @param keyspaces gives the shards of each keyspace by its name
	 */
	public ScalingEndpoint(Clusters clusters, ConsistencyMode consistency,
			Supplier<Map<String, List<String>>> keyspaces) {
		this.clusters = clusters;
		this.consistency = consistency;
		this.keyspaces = keyspaces;
	}

	/**
	 * All clusters.
	 * @return the clusters by name
	 */
	@ReadOperation
	public ScalingDescriptor scaling() {
		Map<String, ClusterDescriptor> clusters = new LinkedHashMap<>();
		this.clusters.all().forEach((topology) -> clusters.put(topology.current().cluster(), describe(topology)));
		return new ScalingDescriptor(clusters, name(this.consistency), this.keyspaces.get());
	}

	/**
	 * One cluster.
	 * @param cluster the name of the cluster
	 * @return the cluster, or {@code null} if there is no such cluster
	 */
	@ReadOperation
	public @Nullable ClusterDescriptor cluster(@Selector String cluster) {
		return this.clusters.find(cluster).map(this::describe).orElse(null);
	}

	/**
	 * One node.
	 * @param cluster the name of the cluster
	 * @param node the name of the node in its cluster
	 * @return the node, or {@code null} if there is no such node
	 */
	@ReadOperation
	public @Nullable NodeDescriptor node(@Selector String cluster, @Selector String node) {
		return this.clusters.find(cluster).map(this::describe).map((description) -> {
			NodeDescriptor descriptor = description.nodes().get(node);
			return (descriptor != null) ? descriptor : description.nodes().get(cluster + "/" + node);
		}).orElse(null);
	}

	/**
	 * Takes a node out of use, puts it back, or has it probed now.
	 * @param cluster the name of the cluster
	 * @param node the name of the node in its cluster
	 * @param action what to do
	 * @return the node, or {@code null} if there is no such node
	 */
	@WriteOperation
	public @Nullable NodeDescriptor operate(@Selector String cluster, @Selector String node, Action action) {
		LiveTopology topology = this.clusters.find(cluster).orElse(null);
		NodePool pool = (topology != null)
				? topology.pool(node).or(() -> topology.pool(cluster + "/" + node)).orElse(null) : null;
		if (topology == null || pool == null) {
			return null;
		}
		switch (action) {
			case DRAIN -> topology.drain(pool);
			case UNDRAIN -> topology.undrain(pool);
			case REFRESH -> topology.requestProbe(pool);
		}
		return node(cluster, node);
	}

	private ClusterDescriptor describe(LiveTopology topology) {
		Map<String, NodeDescriptor> nodes = new LinkedHashMap<>();
		Topology current = topology.current();
		List<NodePool> pools = topology.pools();
		for (int i = 0; i < pools.size(); i++) {
			nodes.put(pools.get(i).node().id(), describe(pools.get(i), current.nodes().get(i)));
		}
		Node primary = current.primary();
		return new ClusterDescriptor((primary != null) ? primary.id() : null, timeline(current.timeline()),
				topology.failovers(), topology.lostPositions(), nodes);
	}

	private static NodeDescriptor describe(NodePool pool, NodeStatus status) {
		Map<String, Long> decisions = new LinkedHashMap<>();
		for (RoutingReason reason : RoutingReason.values()) {
			long count = pool.decisions(reason);
			if (count > 0) {
				decisions.put(reason.tag(), count);
			}
		}
		Node node = pool.node();
		NodeReading reading = status.reading();
		return new NodeDescriptor(name(status.role()), name(node.role()), node.promotable(), node.url(),
				name(status.state()), status.since(), status.reason(), lag(status),
				(reading != null) ? timeline(reading.timeline()) : null, (reading != null) ? position(reading) : null,
				(reading != null) ? describe(reading.server()) : null, node.weight(), pool.busy(),
				describe(pool, pool.statistics()), decisions);
	}

	private static String name(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	private static @Nullable Integer timeline(int timeline) {
		return (timeline > 0) ? timeline : null;
	}

	/**
	 * What a node was behind before it stopped to answer says nothing about now, and a
	 * node of another history is not behind this one.
	 */
	private static @Nullable LagDescriptor lag(NodeStatus status) {
		Lag lag = status.lag();
		return (lag != null && status.state() != NodeState.UNREACHABLE && status.state() != NodeState.FENCED)
				? new LagDescriptor(Duration.ofMillis(lag.time().toMillis()), lag.bytes()) : null;
	}

	private static @Nullable String position(NodeReading reading) {
		long position = reading.inRecovery() ? reading.replayPosition() : reading.insertPosition();
		return (position > 0) ? NodeReading.format(position) : null;
	}

	private static ServerDescriptor describe(Server server) {
		long identifier = server.systemIdentifier();
		return new ServerDescriptor((identifier != 0) ? Long.toUnsignedString(identifier) : null, server.address(),
				(server.port() != 0) ? server.port() : null, server.startedAt());
	}

	private static @Nullable PoolDescriptor describe(NodePool pool, @Nullable HikariPoolMXBean statistics) {
		return (statistics != null) ? new PoolDescriptor(pool.maximumSize(), statistics.getTotalConnections(),
				statistics.getActiveConnections(), statistics.getIdleConnections(),
				statistics.getThreadsAwaitingConnection()) : null;
	}

	/**
	 * What an operator may do with a node.
	 */
	public enum Action {

		/**
		 * Give it no work, and close its idle connections, until it is undrained. Work in
		 * progress is not disturbed. A drained primary takes no writes.
		 */
		DRAIN,

		/**
		 * Give it work again, as soon as its state allows it.
		 */
		UNDRAIN,

		/**
		 * Probe it now.
		 */
		REFRESH

	}

	/**
	 * Description of all clusters.
	 *
	 * @param clusters the clusters by name
	 * @param consistency the mode of sessions: {@code session}, {@code window} or
	 * {@code none}
	 * @param keyspaces the shards of each keyspace by its name, in the order of the
	 * mapping; empty if there are none
	 */
	public record ScalingDescriptor(Map<String, ClusterDescriptor> clusters, String consistency,
			Map<String, List<String>> keyspaces) implements OperationResponseBody {

	}

	/**
	 * Description of a cluster.
	 *
	 * @param primary the id of the node that takes the writes, or {@code null} if there
	 * is none at the moment
	 * @param timeline the timeline of the primary, or {@code null} if unknown
	 * @param failovers how often another node became the primary since the start
	 * @param lostPositions how many positions that sessions had come to were lost in
	 * failovers
	 * @param nodes the nodes by id, the configured primary first
	 */
	public record ClusterDescriptor(@Nullable String primary, @Nullable Integer timeline, long failovers,
			long lostPositions, Map<String, NodeDescriptor> nodes) implements OperationResponseBody {

	}

	/**
	 * Description of a node. Timeline, position and server are those of the last probe
	 * that the node has answered.
	 *
	 * @param role the role that the node has, {@code primary} or {@code replica}
	 * @param configuredRole the role that the configuration gives it
	 * @param promotable whether writes follow when the node is promoted
	 * @param url the JDBC URL without its parameters, or {@code null} if unknown
	 * @param state the state, such as {@code up} or {@code lagging}
	 * @param since when the node entered that state
	 * @param reason why it did, or {@code null} if there is nothing to say
	 * @param lag how far the replica is behind, or {@code null} if unknown and for a
	 * primary
	 * @param timeline the timeline, or {@code null} if unknown
	 * @param position up to where a primary has written or a replica has replayed, such
	 * as {@code 0/3000148}, or {@code null} if unknown
	 * @param server the server behind the URL, or {@code null} if unknown
	 * @param weight the share of the reads relative to the other replicas
	 * @param busy the number of physical connections that work is using or waiting for
	 * @param pool the numbers of the pool, or {@code null} if it has not started
	 * @param decisions how often the node was chosen, by reason
	 */
	public record NodeDescriptor(String role, String configuredRole, boolean promotable, @Nullable String url,
			String state, Instant since, @Nullable String reason, @Nullable LagDescriptor lag,
			@Nullable Integer timeline, @Nullable String position, @Nullable ServerDescriptor server, int weight,
			int busy, @Nullable PoolDescriptor pool, Map<String, Long> decisions) implements OperationResponseBody {

	}

	/**
	 * Description of a replica's lag.
	 *
	 * @param time the age of the oldest position of the primary that the replica has not
	 * replayed, in milliseconds' precision
	 * @param bytes the bytes of WAL that it has not replayed
	 */
	public record LagDescriptor(Duration time, long bytes) {

	}

	/**
	 * Description of a server, as it sees itself.
	 *
	 * @param systemIdentifier the identifier of the database cluster, which replicas
	 * share with their primary, or {@code null} if unknown
	 * @param address the address, or {@code null} for a local socket
	 * @param port the port, or {@code null} for a local socket
	 * @param startedAt when the server was started
	 */
	public record ServerDescriptor(@Nullable String systemIdentifier, @Nullable String address, @Nullable Integer port,
			Instant startedAt) {

	}

	/**
	 * Description of a pool.
	 *
	 * @param maximum the most connections that the pool may hold
	 * @param total the connections that it holds
	 * @param active the connections that are in use
	 * @param idle the connections that are not in use
	 * @param waiting the threads that wait for a connection
	 */
	public record PoolDescriptor(int maximum, int total, int active, int idle, int waiting) {

	}

}
