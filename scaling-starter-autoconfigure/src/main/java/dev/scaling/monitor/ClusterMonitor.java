package dev.scaling.monitor;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.scaling.pool.ServerLimits;
import dev.scaling.pool.ServerLimitsSource;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * Watches the nodes of one cluster, and tells its {@link LiveTopology} what it sees. Each
 * node has a connection and a thread of its own, so that neither a full pool nor a server
 * that hangs hides another one. It can be started and stopped any number of times.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class ClusterMonitor implements ServerLimitsSource {

	/**
	 * How much later than the primary the replicas are asked: most have replayed by then
	 * what the primary had.
	 */
	private static final Duration REPLICA_DELAY = Duration.ofMillis(10);

	private final LiveTopology topology;

	private final Function<NodePool, ProbeConnector> connectors;

	private final MonitorOptions options;

	private final InstanceCounter counter;

	private final ProbePace pace;

	private final Map<NodePool, LimitsReader> limits = new LinkedHashMap<>();

	private volatile @Nullable Watch watch;

	/**
	 * Creates a monitor.
	 * @param topology the nodes to watch
	 * @param connectors where the connections to each of them come from
	 * @param options how to watch
	 */
	public ClusterMonitor(LiveTopology topology, Function<NodePool, ProbeConnector> connectors,
			MonitorOptions options) {
		this(topology, connectors, options, null);
	}

	/**
	 * Creates a monitor that reads the connection limits of the servers, too.
	 * @param topology the nodes to watch
	 * @param connectors where the connections to each of them come from
	 * @param options how to watch
	 * @param limitsInterval how often to read the limits, or {@code null} for never
	 */
	public ClusterMonitor(LiveTopology topology, Function<NodePool, ProbeConnector> connectors, MonitorOptions options,
			@Nullable Duration limitsInterval) {
		this.topology = topology;
		this.connectors = connectors;
		this.options = options;
		this.counter = new InstanceCounter(options);
		this.pace = new ProbePace(options.interval(), this.counter);
		topology.pools().forEach((pool) -> this.limits.put(pool, new LimitsReader(pool, limitsInterval)));
	}

	/**
	 * Starts to watch. The first round begins at once.
	 */
	public synchronized void start() {
		if (this.watch == null) {
			Watch watch = new Watch();
			this.watch = watch;
			this.topology.addListener(watch);
			watch.start();
		}
	}

	/**
	 * Stops to watch. All threads and connections end, without being waited for.
	 */
	public synchronized void stop() {
		Watch watch = this.watch;
		if (watch != null) {
			this.watch = null;
			this.topology.removeListener(watch);
			watch.stop();
		}
	}

	/**
	 * Whether the nodes are watched.
	 * @return {@code true} between start and stop
	 */
	public boolean isRunning() {
		return this.watch != null;
	}

	/**
	 * Waits until every node has been seen, or has failed, once since the start.
	 * @param timeout how long to wait at most
	 * @return whether that is so
	 */
	public boolean awaitFirstRound(Duration timeout) {
		Watch watch = this.watch;
		try {
			return watch != null && watch.firstRound.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Override
	public int instances() {
		return this.counter.instances();
	}

	@Override
	public @Nullable ServerLimits limits(NodePool pool) {
		return limitsReader(pool).limits();
	}

	@Override
	public @Nullable String refusal(NodePool pool) {
		return limitsReader(pool).refusal();
	}

	private LimitsReader limitsReader(NodePool pool) {
		LimitsReader reader = this.limits.get(pool);
		if (reader == null) {
			throw new IllegalArgumentException("Node " + pool + " does not belong to this cluster");
		}
		return reader;
	}

	@Override
	public boolean isCountedWithin(Duration age) {
		return this.counter.isCountedWithin(age);
	}

	@Override
	public boolean isFixed() {
		return this.counter.isFixed();
	}

	/**
	 * The time between two probes of a node, which grows with the number of instances.
	 * @return the time
	 */
	public Duration interval() {
		return this.pace.interval();
	}

	/**
	 * What goes on between start and stop.
	 */
	private final class Watch implements LiveTopology.ProbeListener {

		private final ScheduledThreadPoolExecutor timer;

		private final Map<NodePool, NodeProbe> probes = new LinkedHashMap<>();

		private final Set<NodePool> unreported = ConcurrentHashMap.newKeySet();

		private final CountDownLatch firstRound;

		Watch() {
			LiveTopology topology = ClusterMonitor.this.topology;
			String cluster = topology.cluster();
			this.timer = new ScheduledThreadPoolExecutor(1, threads(cluster, "timer"),
					new ThreadPoolExecutor.DiscardPolicy());
			this.timer.setRemoveOnCancelPolicy(true);
			this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
			this.unreported.addAll(topology.pools());
			this.firstRound = new CountDownLatch(this.unreported.size());
			for (NodePool pool : topology.pools()) {
				this.probes.put(pool,
						new NodeProbe(topology, pool, ClusterMonitor.this.connectors.apply(pool),
								ClusterMonitor.this.options.timeout(), ClusterMonitor.this.counter, limitsReader(pool),
								ClusterMonitor.this.pace, this.timer, threads(cluster, name(pool.node())),
								() -> reported(pool)));
			}
		}

		private static String name(Node node) {
			return node.id().substring(node.id().lastIndexOf('/') + 1);
		}

		private static ThreadFactory threads(String cluster, String name) {
			return (task) -> {
				Thread thread = new Thread(task, "scaling-monitor-" + cluster + "-" + name);
				thread.setDaemon(true);
				return thread;
			};
		}

		void start() {
			this.timer.execute(this::round);
		}

		private void round() {
			this.timer.schedule(this::round, ClusterMonitor.this.pace.jitteredNanos(), TimeUnit.NANOSECONDS);
			LiveTopology topology = ClusterMonitor.this.topology;
			NodePool primary = topology.primary().orElseGet(topology::configuredPrimary);
			probe(primary).round();
			List<NodeProbe> others = this.probes.entrySet()
				.stream()
				.filter((entry) -> entry.getKey() != primary)
				.map(Map.Entry::getValue)
				.toList();
			if (!others.isEmpty()) {
				this.timer.schedule(() -> others.forEach(NodeProbe::round), REPLICA_DELAY.toNanos(),
						TimeUnit.NANOSECONDS);
			}
		}

		private NodeProbe probe(NodePool pool) {
			NodeProbe probe = this.probes.get(pool);
			if (probe == null) {
				throw new IllegalArgumentException("Node " + pool + " does not belong to this cluster");
			}
			return probe;
		}

		@Override
		public void probeRequested(NodePool pool) {
			probe(pool).request();
		}

		private void reported(NodePool pool) {
			if (this.unreported.remove(pool)) {
				this.firstRound.countDown();
			}
		}

		void stop() {
			this.timer.shutdownNow();
			this.probes.values().forEach(NodeProbe::stop);
		}

	}

}
