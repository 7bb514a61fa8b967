package dev.scaling.insight.statistics;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.scaling.insight.statistics.ServerStatistics.Missing;
import dev.scaling.monitor.ProbeConnector;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.NodeState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks all nodes for their statistics again and again, one after the other, each on a
 * connection that lives no longer than that. It can be started and stopped any number of
 * times. Thread-safe.
 *
 * @since 0.1.0
 */
public final class StatisticsCollector {

	/**
	 * The first round does not belong to the start of the application.
	 */
	private static final Duration FIRST_ROUND = Duration.ofSeconds(5);

	private static final String APPLICATION_NAME = "scaling-statistics";

	private static final Log logger = LogFactory.getLog(StatisticsCollector.class);

	private final Clusters clusters;

	private final Function<NodePool, @Nullable ProbeConnector> connectors;

	private final StatisticsHistory history;

	private final StatisticsOptions options;

	private final ServerReader reader;

	private final List<Consumer<List<ServerStatistics>>> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Why each node has not answered the last time, without what differs each time. Used
	 * by one round at a time.
	 */
	private final Map<NodePool, String> failures = new HashMap<>();

	/**
	 * What the user has been told to be missing. Used by one round at a time.
	 */
	private final Map<NodePool, Set<String>> told = new HashMap<>();

	private final Object round = new Object();

	private volatile List<ServerStatistics> latest = List.of();

	private @Nullable ScheduledThreadPoolExecutor executor;

	private volatile @Nullable Connection connection;

	/**
	 * Creates a collector, which does not ask yet.
	 * @param clusters the clusters whose nodes are asked
	 * @param connectors where the connections to each of them come from, {@code null} for
	 * a node that is not asked
	 * @param history is told all that the nodes say
	 * @param options how to ask
	 */
	public StatisticsCollector(Clusters clusters, Function<NodePool, @Nullable ProbeConnector> connectors,
			StatisticsHistory history, StatisticsOptions options) {
		this.clusters = clusters;
		this.connectors = connectors;
		this.history = history;
		this.options = options;
		this.reader = new ServerReader(options.timeout(), options.longRunning());
	}

	/**
	 * Asks to be told after each round what the nodes have said that have answered in it,
	 * and now what those of the last round have said.
	 * @param listener is told on the collector's thread; must not block or throw
	 */
	public void addListener(Consumer<List<ServerStatistics>> listener) {
		this.listeners.add(listener);
		listener.accept(this.latest);
	}

	/**
	 * Starts to ask, some seconds from now. Does nothing if that has been done.
	 */
	public synchronized void start() {
		if (this.executor == null && !this.clusters.all().isEmpty()) {
			ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread thread = new Thread(null, task, APPLICATION_NAME, 0, false);
				thread.setDaemon(true);
				return thread;
			}, new ThreadPoolExecutor.DiscardPolicy());
			executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
			this.executor = executor;
			long nanos = Math.min(this.options.interval().toNanos(), FIRST_ROUND.toNanos());
			schedule(executor, jittered(nanos, nanos / 2));
		}
	}

	/**
	 * The instances of an application must not ask at the same time.
	 */
	private static long jittered(long nanos, long jitter) {
		return nanos + ThreadLocalRandom.current().nextLong(-jitter, jitter + 1);
	}

	private void schedule(ScheduledThreadPoolExecutor executor, long nanos) {
		executor.schedule(() -> {
			long interval = this.options.interval().toNanos();
			schedule(executor, jittered(interval, interval / 10));
			try {
				collect(executor);
			}
			catch (RuntimeException ex) {
				logger.warn("Statistics could not be collected", ex);
			}
		}, nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * Stops to ask. A round that goes on is broken off, without being waited for.
	 */
	public synchronized void stop() {
		ScheduledThreadPoolExecutor executor = this.executor;
		if (executor != null) {
			this.executor = null;
			executor.shutdownNow();
			Connection connection = this.connection;
			if (connection != null) {
				abort(connection);
			}
		}
	}

	private static void abort(Connection connection) {
		try {
			connection.abort(Runnable::run);
		}
		catch (SQLException ex) {
			logger.debug("Connection of the statistics could not be aborted", ex);
		}
	}

	/**
	 * Whether the nodes are asked again and again.
	 * @return {@code true} between start and stop
	 */
	public synchronized boolean isRunning() {
		return this.executor != null;
	}

	/**
	 * How often each node is asked.
	 * @return the time between two rounds
	 */
	public Duration interval() {
		return this.options.interval();
	}

	/**
	 * Asks all nodes now, on the calling thread, whether the collector was started or
	 * not. Nodes that do not answer are left out.
	 */
	public void collect() {
		collect(null);
	}

	private void collect(@Nullable ScheduledThreadPoolExecutor executor) {
		synchronized (this.round) {
			List<ServerStatistics> all = new ArrayList<>();
			for (LiveTopology topology : this.clusters.all()) {
				for (NodePool pool : topology.pools()) {
					if (executor != null && executor.isShutdown()) {
						return;
					}
					ServerStatistics statistics = isReachable(topology, pool) ? ask(pool, executor) : null;
					if (statistics != null) {
						this.history.add(statistics);
						all.add(statistics);
					}
				}
			}
			this.latest = List.copyOf(all);
			this.listeners.forEach((listener) -> listener.accept(this.latest));
		}
	}

	private static boolean isReachable(LiveTopology topology, NodePool pool) {
		return topology.current()
			.node(pool.node().id())
			.filter((status) -> status.state() != NodeState.UNREACHABLE)
			.isPresent();
	}

	private @Nullable ServerStatistics ask(NodePool pool, @Nullable ScheduledThreadPoolExecutor executor) {
		ProbeConnector connector = this.connectors.apply(pool);
		if (connector == null || connector.isShared()) {
			failed(pool, new SQLNonTransientConnectionException("its pool does not tell the URL"));
			return null;
		}
		try (Connection opened = connector.connect(APPLICATION_NAME, this.options.timeout())) {
			this.connection = opened;
			if (executor != null && executor.isShutdown()) {
				return null;
			}
			ServerStatistics statistics = this.reader.read(pool.node().cluster(), pool.node().id(), opened);
			answered(pool, statistics);
			return statistics;
		}
		catch (SQLException | RuntimeException ex) {
			if (executor == null || !executor.isShutdown()) {
				failed(pool, ex);
			}
			return null;
		}
		finally {
			this.connection = null;
		}
	}

	private void failed(NodePool pool, Exception ex) {
		String state = (ex instanceof SQLException failure) ? failure.getSQLState() : null;
		String kind = (state != null) ? state : ex.getClass().getName();
		if (!kind.equals(this.failures.put(pool, kind))) {
			logger.info("Statistics of " + pool.node() + " cannot be read: " + ex.getMessage());
		}
		logger.debug("Statistics of " + pool.node() + " cannot be read", ex);
	}

	private void answered(NodePool pool, ServerStatistics statistics) {
		if (this.failures.remove(pool) != null) {
			logger.info("Statistics of " + pool.node() + " can be read again");
		}
		Set<String> told = this.told.computeIfAbsent(pool, (node) -> new HashSet<>());
		told.retainAll(statistics.missing().stream().map(Missing::what).toList());
		for (Missing missing : statistics.missing()) {
			if (told.add(missing.what())) {
				logger.info("Statistics of " + pool.node() + " lack " + missing.what() + ": " + missing.reason()
						+ ". Cure: " + missing.cure());
			}
		}
	}

}
