package dev.scaling.autoconfigure;

import java.sql.SQLException;
import java.util.stream.Collectors;

import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.Topology;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * Says once which nodes there are, and watches them until the application stops.
 */
final class ScalingLifecycle implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	/**
	 * Before all that uses the database, and stopped after it.
	 */
	private static final int PHASE = Integer.MIN_VALUE + 1000;

	private static final Log logger = LogFactory.getLog("dev.scaling");

	private final Clusters clusters;

	private final ClusterMonitors monitors;

	private volatile boolean running;

	ScalingLifecycle(Clusters clusters, ClusterMonitors monitors) {
		this.clusters = clusters;
		this.monitors = monitors;
	}

	@Override
	public void start() {
		for (LiveTopology topology : this.clusters.all()) {
			if (!topology.replicas().isEmpty()) {
				logger.info(describe(topology));
				warnOfSecondNames(topology);
			}
		}
		this.monitors.start();
		this.running = true;
	}

	/**
	 * Without replicas nobody watches the server, so it is asked once, by and by, if the
	 * pool has a connection anyway.
	 */
	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (this.monitors.isEmpty()) {
			for (LiveTopology topology : this.clusters.all()) {
				Thread thread = new Thread(() -> check(topology.configuredPrimary()), "scaling-budget");
				thread.setDaemon(true);
				thread.start();
			}
		}
	}

	private void check(NodePool pool) {
		try {
			this.monitors.budgets().checkOnce(pool, this.monitors.fixedInstances());
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("Connection budget of " + pool + " cannot be checked", ex);
		}
	}

	private String describe(LiveTopology topology) {
		NodePool primary = topology.primary().orElseGet(topology::configuredPrimary);
		String replicas = topology.pools()
			.stream()
			.filter((pool) -> pool != primary)
			.map((pool) -> describe(pool.node()))
			.collect(Collectors.joining(", "));
		return "Cluster " + topology.current().cluster() + ": " + describe(primary.node()) + "; reads go to "
				+ replicas;
	}

	/**
	 * A copy of the primary's URL: nothing fails, and no read ever leaves the primary.
	 */
	private void warnOfSecondNames(LiveTopology topology) {
		Topology current = topology.current();
		Node primary = current.primary();
		if (primary == null) {
			return;
		}
		current.nodes()
			.stream()
			.filter((status) -> !status.node().id().equals(primary.id()))
			.filter((status) -> status.role() == NodeRole.PRIMARY && status.state() == NodeState.UP)
			.forEach((status) -> logger.warn(
					"Node " + status.node().id() + " of cluster " + current.cluster() + " leads to the same server as "
							+ primary.id() + ", the primary, and serves no reads: correct the URL of "
							+ status.node().id() + ", or remove it"));
	}

	private static String describe(Node node) {
		return node.id() + ((node.url() != null) ? " (" + node.url() + ")" : "");
	}

	@Override
	public void stop() {
		this.monitors.stop();
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
