package dev.scaling.monitor;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Probes ejected replicas until they can be reached again, so that no caller has to try.
 * The time between two probes of a node doubles from {@value #FIRST_DELAY_MILLISECONDS}
 * ms to {@value #LONGEST_DELAY_MILLISECONDS} ms, with a jitter of a fifth. Thread-safe.
 *
 * @since 0.1.0
 */
public final class NodeMonitor {

	private static final Log logger = LogFactory.getLog(NodeMonitor.class);

	private static final long FIRST_DELAY_MILLISECONDS = 500;

	private static final long LONGEST_DELAY_MILLISECONDS = 10_000;

	private static final int PROBE_TIMEOUT_SECONDS = 1;

	private final LiveTopology topology;

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private final Set<NodePool> watched = ConcurrentHashMap.newKeySet();

	/**
	 * Creates a monitor.
	 * @param topology the nodes to watch
	 */
	public NodeMonitor(LiveTopology topology) {
		this.topology = topology;
		this.scheduler.setPoolSize(Math.max(1, topology.replicas().size()));
		this.scheduler.setThreadNamePrefix("scaling-monitor-");
		this.scheduler.setDaemon(true);
		this.scheduler.setWaitForTasksToCompleteOnShutdown(false);
	}

	/**
	 * Starts to watch, and finds out in the background which replicas cannot be reached.
	 */
	public void start() {
		this.scheduler.initialize();
		this.topology.addListener(this::watch);
		for (NodePool replica : this.topology.replicas()) {
			this.scheduler.execute(() -> probeFirst(replica));
		}
	}

	/**
	 * Stops watching.
	 */
	public void stop() {
		this.scheduler.shutdown();
	}

	/**
	 * Also settles replicas that were ejected before anybody watched.
	 */
	private void probeFirst(NodePool replica) {
		try {
			replica.probe(PROBE_TIMEOUT_SECONDS);
			this.topology.readmit(replica);
		}
		catch (SQLException | RuntimeException ex) {
			if (!isStopped()) {
				this.topology.eject(replica, "not reached at start (" + reason(ex) + ")");
				watch(replica);
			}
		}
	}

	private void watch(NodePool replica) {
		if (this.watched.add(replica)) {
			scheduleProbe(replica, FIRST_DELAY_MILLISECONDS);
		}
	}

	private void scheduleProbe(NodePool replica, long delay) {
		long jitter = ThreadLocalRandom.current().nextLong(-delay / 5, delay / 5 + 1);
		if (!isStopped()) {
			this.scheduler.schedule(() -> probe(replica, delay), Instant.now().plus(Duration.ofMillis(delay + jitter)));
		}
	}

	private void probe(NodePool replica, long delay) {
		try {
			replica.probe(PROBE_TIMEOUT_SECONDS);
			this.watched.remove(replica);
			this.topology.readmit(replica);
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("Node " + replica.node().id() + " still cannot be reached", ex);
			scheduleProbe(replica, Math.min(2 * delay, LONGEST_DELAY_MILLISECONDS));
		}
	}

	private boolean isStopped() {
		return this.scheduler.getScheduledThreadPoolExecutor().isShutdown();
	}

	private static String reason(Exception ex) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		return (cause.getMessage() != null) ? cause.getMessage() : cause.toString();
	}

}
