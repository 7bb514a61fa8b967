package dev.scaling.actuate.endpoint;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.NodeStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} that shows the clusters, their nodes, and how often which
 * node was chosen for which reason.
 *
 * @since 0.1.0
 */
@Endpoint(id = "scaling")
public final class ScalingEndpoint {

	private final Clusters clusters;

	/**
	 * Creates the endpoint.
	 * @param clusters the clusters to show
	 */
	public ScalingEndpoint(Clusters clusters) {
		this.clusters = clusters;
	}

	/**
	 * All clusters.
	 * @return the clusters by name
	 */
	@ReadOperation
	public ScalingDescriptor scaling() {
		Map<String, ClusterDescriptor> clusters = new LinkedHashMap<>();
		this.clusters.all().forEach((topology) -> clusters.put(topology.current().cluster(), describe(topology)));
		return new ScalingDescriptor(clusters);
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
	 * @param node the id of the node
	 * @return the node, or {@code null} if there is no such node
	 */
	@ReadOperation
	public @Nullable NodeDescriptor node(@Selector String cluster, @Selector String node) {
		return this.clusters.find(cluster).map((topology) -> describe(topology).nodes().get(node)).orElse(null);
	}

	private ClusterDescriptor describe(LiveTopology topology) {
		Map<String, NodeDescriptor> nodes = new LinkedHashMap<>();
		List<NodeStatus> statuses = topology.current().nodes();
		List<NodePool> pools = topology.pools();
		for (int i = 0; i < pools.size(); i++) {
			nodes.put(pools.get(i).node().id(), describe(pools.get(i), statuses.get(i)));
		}
		return new ClusterDescriptor(nodes);
	}

	private static NodeDescriptor describe(NodePool pool, NodeStatus status) {
		Map<String, Long> decisions = new LinkedHashMap<>();
		for (RoutingReason reason : RoutingReason.values()) {
			long count = pool.decisions(reason);
			if (count > 0) {
				decisions.put(reason.tag(), count);
			}
		}
		return new NodeDescriptor(pool.node().role().name().toLowerCase(Locale.ROOT), pool.node().url(),
				status.state().name().toLowerCase(Locale.ROOT), status.since(), status.reason(), pool.node().weight(),
				pool.busy(), describe(pool, pool.statistics()), decisions);
	}

	private static @Nullable PoolDescriptor describe(NodePool pool, @Nullable HikariPoolMXBean statistics) {
		return (statistics != null) ? new PoolDescriptor(pool.maximumSize(), statistics.getTotalConnections(),
				statistics.getActiveConnections(), statistics.getIdleConnections(),
				statistics.getThreadsAwaitingConnection()) : null;
	}

	/**
	 * Description of all clusters.
	 *
	 * @param clusters the clusters by name
	 */
	public record ScalingDescriptor(Map<String, ClusterDescriptor> clusters) implements OperationResponseBody {

	}

	/**
	 * Description of a cluster.
	 *
	 * @param nodes the nodes by id, the primary first
	 */
	public record ClusterDescriptor(Map<String, NodeDescriptor> nodes) implements OperationResponseBody {

	}

	/**
	 * Description of a node.
	 *
	 * @param role {@code primary} or {@code replica}
	 * @param url the JDBC URL without its parameters, or {@code null} if unknown
	 * @param state {@code up} or {@code ejected}
	 * @param since when the node entered that state
	 * @param reason why it did, or {@code null} if it has been so from the start
	 * @param weight the share of the reads relative to the other replicas
	 * @param busy the number of physical connections that work is using
	 * @param pool the numbers of the pool, or {@code null} if it has not started
	 * @param decisions how often the node was chosen, by reason
	 */
	public record NodeDescriptor(String role, @Nullable String url, String state, Instant since,
			@Nullable String reason, int weight, int busy, @Nullable PoolDescriptor pool,
			Map<String, Long> decisions) implements OperationResponseBody {

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
