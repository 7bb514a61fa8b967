package dev.scaling.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.scaling.monitor.NodeMonitor;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.topology.Node;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Says once which nodes there are, and watches them until the application stops.
 */
final class ScalingLifecycle implements SmartLifecycle {

	/**
	 * Before all that uses the database, and stopped after it.
	 */
	private static final int PHASE = Integer.MIN_VALUE + 1000;

	private static final Log logger = LogFactory.getLog("dev.scaling");

	private final Clusters clusters;

	private final List<NodeMonitor> monitors = new ArrayList<>();

	private volatile boolean running;

	ScalingLifecycle(Clusters clusters) {
		this.clusters = clusters;
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
		logger.info(describe(topology));
		NodeMonitor monitor = new NodeMonitor(topology);
		monitor.start();
		this.monitors.add(monitor);
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
