package dev.scaling.starter.statistics;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import com.zaxxer.hikari.util.Credentials;
import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.StatisticsCollector;
import dev.scaling.insight.statistics.StatisticsHistory;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import dev.scaling.insight.statistics.StatisticsOptions;
import dev.scaling.monitor.ProbeConnector;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;

/**
 * Nodes that a collector asks, without an application.
 */
public final class AskedCluster {

	private final Clusters clusters = new Clusters(() -> {
	});

	private final StatisticsHistory history = new StatisticsHistory();

	private final StatisticsCollector collector;

	/**
	 * Creates the collector.
	 * @param urls the JDBC URLs by the ids of the nodes, the primary first
	 * @param username who asks
	 * @param password the password
	 */
	public AskedCluster(Map<String, String> urls, String username, String password) {
		Map<NodePool, ProbeConnector> connectors = new LinkedHashMap<>();
		urls.forEach((id, url) -> {
			ProbeConnector connector = ProbeConnector.ofUrl(url, null, new Properties(),
					() -> Credentials.of(username, password));
			Node node = new Node(id, Node.MAIN_CLUSTER, connectors.isEmpty() ? NodeRole.PRIMARY : NodeRole.REPLICA, url,
					1, true);
			connectors.put(new NodePool(node, new NoDataSource()), connector);
		});
		List<NodePool> pools = new ArrayList<>(connectors.keySet());
		this.clusters.add(new LiveTopology(pools.get(0), pools.subList(1, pools.size()), Clock.systemUTC()));
		this.collector = new StatisticsCollector(this.clusters, connectors::get, this.history,
				new StatisticsOptions(Duration.ofMinutes(1), Duration.ofSeconds(2), Duration.ofMillis(200)));
	}

	StatisticsCollector collector() {
		return this.collector;
	}

	StatisticsHistory history() {
		return this.history;
	}

	/**
	 * Asks all nodes.
	 * @return what those that have answered in this round say, by the ids of the nodes
	 */
	public Map<String, ServerStatistics> collect() {
		Map<String, ServerStatistics> all = new LinkedHashMap<>();
		List<ServerStatistics> before = this.history.nodes().stream().map(NodeStatistics::latest).toList();
		this.collector.collect();
		this.history.nodes()
			.stream()
			.map(NodeStatistics::latest)
			.filter((statistics) -> !before.contains(statistics))
			.forEach((statistics) -> all.put(statistics.node(), statistics));
		return all;
	}

}
