package dev.scaling.autoconfigure;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.scaling.monitor.NodeMonitor;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.Node;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Checks the primary when the application starts, says once which nodes there are, and
 * watches them until the application stops.
 */
final class ScalingLifecycle implements SmartLifecycle {

	/**
	 * Before all that uses the database, and stopped after it.
	 */
	private static final int PHASE = Integer.MIN_VALUE + 1000;

	private static final int PROBE_TIMEOUT_SECONDS = 5;

	private static final Log logger = LogFactory.getLog("dev.scaling");

	private final Clusters clusters;

	private final ScalingProperties properties;

	private final List<NodeMonitor> monitors = new ArrayList<>();

	private volatile boolean running;

	ScalingLifecycle(Clusters clusters, ScalingProperties properties) {
		this.clusters = clusters;
		this.properties = properties;
	}

	@Override
	public void start() {
		for (LiveTopology topology : this.clusters.all()) {
			if (!topology.replicas().isEmpty()) {
				start(topology);
			}
		}
		this.running = true;
	}

	private void start(LiveTopology topology) {
		checkPrimary(topology.primary());
		logger.info(describe(topology));
		NodeMonitor monitor = new NodeMonitor(topology);
		monitor.start();
		this.monitors.add(monitor);
	}

	private void checkPrimary(NodePool primary) {
		try {
			primary.probe(PROBE_TIMEOUT_SECONDS);
		}
		catch (SQLException ex) {
			Throwable reason = (ex.getCause() != null) ? ex.getCause() : ex;
			if (!this.properties.getFailover().isStartWithoutPrimary()) {
				throw new ScalingConfigurationException(
						"The primary '" + primary.node().url() + "' cannot be reached: " + reason.getMessage(),
						"Start the node or correct its URL and credentials, or set"
								+ " 'scaling.failover.start-without-primary' to true to start without it.",
						ex);
			}
			logger.warn("Starting without the primary, which cannot be reached: " + reason.getMessage());
		}
	}

	private String describe(LiveTopology topology) {
		String replicas = topology.replicas()
			.stream()
			.map((pool) -> describe(pool.node()))
			.collect(Collectors.joining(", "));
		return "Cluster " + topology.current().cluster() + ": " + describe(topology.primary().node()) + "; reads go to "
				+ replicas;
	}

	private static String describe(Node node) {
		return node.id() + ((node.url() != null) ? " (" + node.url() + ")" : "");
	}

	@Override
	public void stop() {
		this.monitors.forEach(NodeMonitor::stop);
		this.monitors.clear();
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
