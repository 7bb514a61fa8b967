package dev.scaling.routing;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.scaling.ReplicaSelector;
import dev.scaling.consistency.ClusterPositions;
import dev.scaling.consistency.ReplicaProgress;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.Topology;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The pools of a cluster and what is known of their nodes: who is the primary, and which
 * replicas are given work. Readers take an immutable snapshot without a lock; what probes
 * and callers report replaces it as a whole. Thread-safe.
 *
 * @since 0.1.0
 */
public final class LiveTopology implements ClusterPositions {

	private static final Log logger = LogFactory.getLog(LiveTopology.class);

	/**
	 * How long somebody waits for a probe that he has asked for.
	 */
	private static final Duration PROBE_WAIT = Duration.ofSeconds(1);

	private final String cluster;

	private final List<NodePool> pools;

	private final @Nullable TopologyOptions options;

	private final AtomicLong epoch = new AtomicLong();

	private final LongAdder lostPositions = new LongAdder();

	private final LongAdder failovers = new LongAdder();

	private final TimedCount successfulWaits = new TimedCount();

	private final TimedCount vainWaits = new TimedCount();

	private final ClusterState state;

	private final List<ProbeListener> listeners = new CopyOnWriteArrayList<>();

	private volatile long oldestProbeNanoTime = System.nanoTime();

	private volatile long lastRefresh = System.nanoTime() - PROBE_WAIT.toNanos();

	private volatile long systemIdentifier;

	private volatile boolean closed;

	private volatile Snapshot snapshot;

	/**
	 * Creates the topology of a cluster that nobody watches: its nodes have their
	 * configured roles and are up.
	 * @param primary the pool of the primary
	 * @param replicas the pools of the replicas
	 * @param clock tells the time of state changes
	 */
	public LiveTopology(NodePool primary, List<NodePool> replicas, Clock clock) {
		this(primary, replicas, null, clock);
	}

	/**
	 * Creates the topology of a cluster whose nodes have to be seen before they are given
	 * work.
	 * @param primary the pool of the configured primary
	 * @param replicas the pools of the configured replicas
	 * @param options what the nodes are judged by, or {@code null} if nobody watches
	 * @param clock tells the time of state changes
	 */
	public LiveTopology(NodePool primary, List<NodePool> replicas, @Nullable TopologyOptions options, Clock clock) {
		this.cluster = primary.node().cluster();
		this.pools = Stream.concat(Stream.of(primary), replicas.stream()).toList();
		this.options = options;
		this.state = new ClusterState(this.pools, options, clock);
		if (options == null) {
			this.pools.forEach((pool) -> pool.progress(ReplicaProgress.UNWATCHED));
		}
		this.snapshot = this.state.snapshot();
	}

	@Override
	public String cluster() {
		return this.cluster;
	}

	/**
	 * The latest snapshot of the nodes' states.
	 * @return the snapshot, never {@code null}
	 */
	public Topology current() {
		return this.snapshot.topology();
	}

	/**
	 * The pool of the node that takes the writes.
	 * @return the pool, or empty if there is no primary at the moment
	 */
	public Optional<NodePool> primary() {
		return Optional.ofNullable(this.snapshot.primary());
	}

	/**
	 * The pool of the node that is configured as the primary.
	 * @return the pool, never {@code null}
	 */
	public NodePool configuredPrimary() {
		return this.pools.get(0);
	}

	/**
	 * The pools of all configured replicas, in whatever role and state.
	 * @return the pools in the order of their configuration
	 */
	public List<NodePool> replicas() {
		return this.pools.subList(1, this.pools.size());
	}

	/**
	 * The pools of all nodes, the configured primary first.
	 * @return the pools
	 */
	public List<NodePool> pools() {
		return this.pools;
	}

	/**
	 * The pool of the node of the given id.
	 * @param id the id, such as {@code replica-1}
	 * @return the pool, or empty if there is no such node
	 */
	public Optional<NodePool> pool(String id) {
		return this.pools.stream().filter((pool) -> pool.node().id().equals(id)).findFirst();
	}

	/**
	 * How often another node became the primary since the start.
	 * @return the number of failovers
	 */
	public long failovers() {
		return this.failovers.sum();
	}

	/**
	 * How many positions of sessions turned out to be lost in a failover.
	 * @return the number of positions
	 */
	public long lostPositions() {
		return this.lostPositions.sum();
	}

	/**
	 * How often, and how long, reads have waited for a replica that is fresh enough.
	 * @param successful {@code true} for the waits that have ended with such a replica,
	 * {@code false} for the others
	 * @return the number of waits and their time
	 */
	public TimedCount waits(boolean successful) {
		return successful ? this.successfulWaits : this.vainWaits;
	}

	/**
	 * Adds a listener to requests for an immediate probe.
	 * @param listener the listener
	 */
	public void addListener(ProbeListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Removes a listener.
	 * @param listener the listener
	 */
	public void removeListener(ProbeListener listener) {
		this.listeners.remove(listener);
	}

	@Override
	public boolean isClosed() {
		return this.closed;
	}

	/**
	 * Says that nobody works with the cluster any more.
	 */
	public void close() {
		this.closed = true;
	}

	Snapshot snapshot() {
		return this.snapshot;
	}

	/**
	 * The replicas that are given work.
	 */
	List<NodePool> available() {
		return this.snapshot.available();
	}

	/**
	 * The pool of the primary, or the configured one's while there is none.
	 */
	NodePool primaryOrConfigured() {
		NodePool primary = this.snapshot.primary();
		return (primary != null) ? primary : configuredPrimary();
	}

	boolean isPrimary(NodePool pool) {
		return this.snapshot.primary() == pool;
	}

	boolean isWatched() {
		return this.options != null;
	}

	@Override
	public long epoch() {
		return this.epoch.get();
	}

	/**
	 * Starts a probe. To be called before it is sent.
	 * @return the epoch of the probe
	 */
	public long beginProbe() {
		return this.epoch.incrementAndGet();
	}

	@Override
	public int timeline() {
		return this.snapshot.topology().timeline();
	}

	@Override
	public long systemIdentifier() {
		return this.systemIdentifier;
	}

	@Override
	public Duration tokenTtl() {
		return (this.options != null) ? this.options.tokenTtl() : Duration.ZERO;
	}

	@Override
	public synchronized long insertPositionAfter(long mark) {
		return this.state.primaryPositions().insertAfter(mark);
	}

	@Override
	public synchronized long latestInsertPosition() {
		return this.state.primaryPositions().latestInsert();
	}

	/**
	 * Asks through the monitor: a caller may hold a connection of the primary's pool
	 * already, and callers that wait at the same time share a probe.
	 */
	@Override
	public long currentInsertPosition() throws SQLException {
		long mark = this.epoch.get();
		Snapshot snapshot = this.snapshot;
		NodePool primary = snapshot.primary();
		if (this.options == null || primary == null || !snapshot.writable()) {
			throw new SQLException("Cluster " + this.cluster + " has no primary that can be asked", "08001");
		}
		requestProbe(primary);
		if (!await((current) -> this.state.primaryPositions().latestEpoch() > mark, PROBE_WAIT.toNanos())) {
			throw new SQLException("The primary of cluster " + this.cluster + " was not probed within "
					+ PROBE_WAIT.toMillis() + " ms", "08001");
		}
		return insertPositionAfter(mark);
	}

	@Override
	public boolean isLost(int timeline, long position) {
		synchronized (this) {
			return this.state.isLost(timeline, position);
		}
	}

	@Override
	public void lost(int timeline, long position) {
		this.lostPositions.increment();
		logger.warn("A session had come to " + NodeReading.format(position) + " on timeline " + timeline
				+ " of cluster " + this.cluster + ", which timeline " + timeline()
				+ " does not have: the failover may have lost work that was committed, which only synchronous replication"
				+ " prevents");
	}

	/**
	 * Whether what is known of some node is too old to rely on, as after the process was
	 * suspended.
	 */
	boolean isStale() {
		TopologyOptions options = this.options;
		return options != null && System.nanoTime() - this.oldestProbeNanoTime > options.staleAfter().toNanos();
	}

	/**
	 * A probe has reached a node.
	 * @param pool the pool of the node
	 * @param reading what it saw
	 */
	public void seen(NodePool pool, NodeReading reading) {
		TopologyChanges changes = new TopologyChanges();
		synchronized (this) {
			NodeTracker tracker = this.state.tracker(pool);
			tracker.seen(reading, this.epoch.get());
			pool.probed(reading.epoch());
			if (pool.serverSeen(reading.server())) {
				changes.evict(pool);
			}
			if (pool.isSeveralServers() && !tracker.severalServers) {
				tracker.severalServers = true;
				logger
					.warn("The URL of node " + pool.node().id() + " leads to several servers: positions in the WAL say"
							+ " nothing there, so sessions that have written stay on the primary for"
							+ " 'scaling.consistency.window'. Give each server a node of its own");
			}
			assess(changes);
			notifyAll();
		}
		apply(changes);
	}

	/**
	 * A probe has not reached a node.
	 * @param pool the pool of the node
	 * @param epoch the epoch of the probe
	 * @param failure why not
	 */
	public void failed(NodePool pool, long epoch, ProbeFailure failure) {
		TopologyChanges changes = new TopologyChanges();
		synchronized (this) {
			NodeTracker tracker = this.state.tracker(pool);
			long now = System.nanoTime();
			boolean up = tracker.status.state() == NodeState.UP || tracker.status.state() == NodeState.LAGGING;
			tracker.failed(failure, epoch, now);
			pool.probed(epoch);
			if (up && !this.state.isElected(tracker)) {
				tracker.eject(failure.message(), this.epoch.get(), now);
			}
			TopologyOptions options = this.options;
			if (!tracker.aborted && options != null && now - tracker.failedSince > options.abortAfter().toNanos()
					&& failure.kind() != ProbeFailure.Kind.REFUSED) {
				tracker.aborted = true;
				changes.abort(pool, "it has not answered for " + options.abortAfter().toSeconds() + " s");
			}
			assess(changes);
			notifyAll();
		}
		apply(changes);
	}

	/**
	 * Leaves a replica alone until a probe has reached it and its back-off has passed.
	 * Does nothing to the primary but to probe it at once.
	 * @param pool the pool of the node
	 * @param reason what failed
	 */
	public void eject(NodePool pool, String reason) {
		TopologyChanges changes = new TopologyChanges();
		boolean ejected = false;
		if (isWatched()) {
			pool.suspect(this.epoch.get());
		}
		synchronized (this) {
			NodeTracker tracker = this.state.tracker(pool);
			NodeState state = tracker.status.state();
			if (!isPrimary(pool) && (state == NodeState.UP || state == NodeState.LAGGING)) {
				tracker.eject(reason, this.epoch.get(), System.nanoTime());
				assess(changes);
				ejected = true;
			}
		}
		apply(changes);
		if (ejected || isPrimary(pool)) {
			pool.evictAll();
		}
		requestProbe(pool);
	}

	/**
	 * Takes a node out of use until {@link #undrain}, whatever its state. A drained
	 * primary takes no writes.
	 * @param pool the pool of the node
	 */
	public void drain(NodePool pool) {
		setDrained(pool, true);
	}

	/**
	 * Puts a drained node back into use, as soon as its state allows it.
	 * @param pool the pool of the node
	 */
	public void undrain(NodePool pool) {
		setDrained(pool, false);
	}

	private void setDrained(NodePool pool, boolean drained) {
		TopologyChanges changes = new TopologyChanges();
		synchronized (this) {
			this.state.tracker(pool).drained = drained;
			assess(changes);
			notifyAll();
		}
		apply(changes);
		pool.evictAll();
	}

	/**
	 * Asks for an immediate probe of a node.
	 * @param pool the pool of the node
	 */
	public void requestProbe(NodePool pool) {
		this.listeners.forEach((listener) -> listener.probeRequested(pool));
	}

	/**
	 * Asks for an immediate probe of all nodes.
	 */
	void requestProbes() {
		this.pools.forEach(this::requestProbe);
	}

	/**
	 * Waits for a change until the condition holds.
	 * @param condition the condition; sees each snapshot, and each probe without a change
	 * @param nanos how long to wait at most
	 * @return whether the condition holds
	 */
	boolean await(Predicate<Snapshot> condition, long nanos) {
		long deadline = System.nanoTime() + nanos;
		boolean interrupted = false;
		try {
			synchronized (this) {
				while (!condition.test(this.snapshot)) {
					long remaining = deadline - System.nanoTime();
					if (remaining <= 0 || interrupted) {
						return false;
					}
					try {
						wait(remaining / 1_000_000, (int) (remaining % 1_000_000));
					}
					catch (InterruptedException ex) {
						interrupted = true;
					}
				}
			}
			return true;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Whether a probe that was sent after the given epoch has told something about a
	 * node. To be called in {@link #await}.
	 */
	boolean isProbedSince(NodePool pool, long epoch) {
		NodeTracker tracker = this.state.tracker(pool);
		return tracker.lastEpoch > epoch;
	}

	/**
	 * Waits until every node has been probed that has not been when this method is
	 * called, or a given time is over.
	 */
	boolean awaitProbes(long nanos) {
		long since = this.epoch.get();
		requestProbes();
		return await((snapshot) -> this.state.trackers().stream().allMatch((tracker) -> tracker.lastEpoch > since),
				nanos);
	}

	/**
	 * Waits until all nodes have been probed, if what is known of them is too old.
	 */
	void refresh(long nanos) {
		if (isStale()) {
			requestProbes();
			await((snapshot) -> !isStale(), nanos);
		}
	}

	/**
	 * Waits until all nodes have been probed, unless they have been within a second.
	 */
	void refreshOnce(long nanos) {
		long last = this.lastRefresh;
		if (System.nanoTime() - last > PROBE_WAIT.toNanos()) {
			awaitProbes(nanos);
			this.lastRefresh = System.nanoTime();
		}
	}

	/**
	 * Waits until there is a primary, or it is clear that there is none: a server that is
	 * merely slow may still turn out to be one.
	 * @param timeout how long to wait at most
	 */
	public void awaitPrimary(Duration timeout) {
		await((snapshot) -> snapshot.primary() != null
				|| this.state.trackers().stream().allMatch(NodeTracker::isSettled), timeout.toNanos());
	}

	/**
	 * Waits until no replica that answers counts as lagging. One that has replayed
	 * nothing yet that the primary has written since it is watched does, for a moment.
	 * @param timeout how long to wait at most
	 */
	public void awaitReplicas(Duration timeout) {
		if (isAnyLagging(this.snapshot)) {
			requestProbes();
			await((snapshot) -> !isAnyLagging(snapshot), timeout.toNanos());
		}
	}

	private static boolean isAnyLagging(Snapshot snapshot) {
		return snapshot.topology().nodes().stream().anyMatch((node) -> node.state() == NodeState.LAGGING);
	}

	private void assess(TopologyChanges changes) {
		this.state.assess(this.epoch.get(), changes);
		this.oldestProbeNanoTime = this.state.oldestProbeNanoTime();
		this.systemIdentifier = this.state.systemIdentifier();
		this.snapshot = this.state.snapshot();
	}

	private void apply(TopologyChanges changes) {
		if (changes.isFailedOver()) {
			this.failovers.increment();
		}
		changes.apply();
	}

	/**
	 * Immutable view of the cluster for one decision.
	 *
	 * @param topology the nodes
	 * @param primary the pool of the primary, or {@code null} if there is none
	 * @param writable whether the primary answers and takes writes
	 * @param conflict which nodes claim to be the primary, if that is why there is none
	 * @param available the replicas that are given work
	 * @param candidates the same replicas for a selector
	 * @param lagging the replicas that are given none only because they are behind
	 */
	record Snapshot(Topology topology, @Nullable NodePool primary, boolean writable, @Nullable String conflict,
			List<NodePool> available, List<ReplicaSelector.Candidate> candidates, List<NodePool> lagging) {

	}

	/**
	 * Is asked to probe a node now.
	 */
	@FunctionalInterface
	public interface ProbeListener {

		/**
		 * Somebody needs to know the state of a node now. Must not block.
		 * @param pool the pool of the node
		 */
		void probeRequested(NodePool pool);

	}

}
