package dev.scaling.routing;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.scaling.ReplicaSelector;
import dev.scaling.consistency.ClusterPositions;
import dev.scaling.consistency.ReplicaProgress;
import dev.scaling.topology.Lag;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
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

	private static final Duration LOG_PAUSE = Duration.ofSeconds(10);

	private final String cluster;

	private final List<NodeTracker> trackers;

	private final List<NodePool> pools;

	private final @Nullable TopologyOptions options;

	private final Clock clock;

	private final AtomicLong epoch = new AtomicLong();

	private final LongAdder lostPositions = new LongAdder();

	private final LongAdder failovers = new LongAdder();

	private final PrimaryPositions primaryPositions = new PrimaryPositions();

	/**
	 * Where the timelines begin that have been seen to begin.
	 */
	private final NavigableMap<Integer, Long> timelineBegins = new TreeMap<>();

	private final PrimaryElection election;

	private final List<ProbeListener> listeners = new CopyOnWriteArrayList<>();

	private final List<NodePool> loggedRecently = new ArrayList<>();

	private long lastLog;

	private volatile long primaryCheckedNanoTime;

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
		this.clock = clock;
		Instant now = clock.instant();
		NodeState state = (options != null) ? NodeState.UNSEEN : NodeState.UP;
		this.trackers = this.pools.stream().map((pool) -> new NodeTracker(pool, state, now)).toList();
		this.election = new PrimaryElection(this.trackers);
		if (options == null) {
			this.pools.forEach((pool) -> pool.progress(ReplicaProgress.UNWATCHED));
		}
		this.snapshot = takeSnapshot();
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
		return this.primaryPositions.insertAfter(mark);
	}

	@Override
	public synchronized long latestInsertPosition() {
		return this.primaryPositions.latestInsert();
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
		if (!await((current) -> this.primaryPositions.latestEpoch() > mark, PROBE_WAIT.toNanos())) {
			throw new SQLException("The primary of cluster " + this.cluster + " was not probed within "
					+ PROBE_WAIT.toMillis() + " ms", "08001");
		}
		return insertPositionAfter(mark);
	}

	@Override
	public boolean isLost(int timeline, long position) {
		synchronized (this) {
			return timeline > 0 && this.timelineBegins.tailMap(timeline, false)
				.values()
				.stream()
				.anyMatch((begin) -> position > begin);
		}
	}

	@Override
	public void lost(int timeline, long position) {
		this.lostPositions.increment();
		logger.warn("A session wrote up to " + NodeReading.format(position) + " on timeline " + timeline
				+ " of cluster " + this.cluster + ", which timeline " + timeline()
				+ " does not have: the failover has lost committed work, which only synchronous replication prevents");
	}

	/**
	 * Whether the last probe of the primary is too old to rely on, as after the process
	 * was suspended.
	 */
	boolean isStale() {
		TopologyOptions options = this.options;
		return options != null && System.nanoTime() - this.primaryCheckedNanoTime > options.staleAfter().toNanos();
	}

	/**
	 * A probe has reached a node.
	 * @param pool the pool of the node
	 * @param reading what it saw
	 */
	public void seen(NodePool pool, NodeReading reading) {
		Actions actions = new Actions();
		synchronized (this) {
			NodeTracker tracker = tracker(pool);
			tracker.seen(reading, this.epoch.get());
			pool.serverSeen(reading.server());
			if (pool.isSeveralServers() && !tracker.severalServers) {
				tracker.severalServers = true;
				logger
					.warn("The URL of node " + pool.node().id() + " leads to several servers: positions in the WAL say"
							+ " nothing there, so sessions that have written stay on the primary for"
							+ " 'scaling.consistency.window'. Give each server a node of its own");
			}
			assess(actions);
			if (tracker == this.election.primary()) {
				this.primaryCheckedNanoTime = System.nanoTime();
			}
			notifyAll();
		}
		actions.run();
	}

	/**
	 * A probe has not reached a node.
	 * @param pool the pool of the node
	 * @param epoch the epoch of the probe
	 * @param failure why not
	 */
	public void failed(NodePool pool, long epoch, ProbeFailure failure) {
		Actions actions = new Actions();
		synchronized (this) {
			NodeTracker tracker = tracker(pool);
			long now = System.nanoTime();
			boolean up = tracker.status.state() == NodeState.UP || tracker.status.state() == NodeState.LAGGING;
			tracker.failed(failure, epoch, now);
			if (up && tracker != this.election.primary()) {
				tracker.eject(failure.message(), this.epoch.get(), now);
			}
			TopologyOptions options = this.options;
			if (!tracker.aborted && options != null && now - tracker.failedSince > options.abortAfter().toNanos()
					&& failure.kind() == ProbeFailure.Kind.TIMEOUT) {
				tracker.aborted = true;
				actions.add(() -> abort(pool, "it has not answered for " + options.abortAfter().toSeconds() + " s"));
			}
			assess(actions);
			if (tracker == this.election.primary()) {
				this.primaryCheckedNanoTime = now;
			}
			notifyAll();
		}
		actions.run();
	}

	/**
	 * Leaves a replica alone until a probe has reached it and its back-off has passed.
	 * Does nothing to the primary but to probe it at once.
	 * @param pool the pool of the node
	 * @param reason what failed
	 */
	public void eject(NodePool pool, String reason) {
		Actions actions = new Actions();
		boolean ejected = false;
		synchronized (this) {
			NodeTracker tracker = tracker(pool);
			NodeState state = tracker.status.state();
			if (!isPrimary(pool) && (state == NodeState.UP || state == NodeState.LAGGING)) {
				tracker.eject(reason, this.epoch.get(), System.nanoTime());
				assess(actions);
				ejected = true;
			}
		}
		actions.run();
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
		Actions actions = new Actions();
		synchronized (this) {
			tracker(pool).drained = drained;
			assess(actions);
			notifyAll();
		}
		actions.run();
		pool.evictAll();
	}

	/**
	 * Asks for an immediate probe of a node.
	 */
	void requestProbe(NodePool pool) {
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
		NodeTracker tracker = tracker(pool);
		return tracker.lastEpoch > epoch;
	}

	/**
	 * Waits until every node has been probed that has not been when this method is
	 * called, or a given time is over.
	 */
	boolean awaitProbes(long nanos) {
		long since = this.epoch.get();
		requestProbes();
		return await((snapshot) -> this.trackers.stream().allMatch((tracker) -> tracker.lastEpoch > since), nanos);
	}

	/**
	 * Waits until the primary has been probed.
	 */
	boolean awaitPrimaryProbe(long nanos) {
		requestProbes();
		return await((snapshot) -> !isStale(), nanos);
	}

	private NodeTracker tracker(NodePool pool) {
		return this.trackers.get(this.pools.indexOf(pool));
	}

	/**
	 * Draws the conclusions from all that is known.
	 */
	private void assess(Actions actions) {
		if (this.options == null) {
			assessUnwatched(actions);
			return;
		}
		NodeTracker before = this.election.primary();
		int timelineBefore = this.election.timeline();
		this.election.elect();
		this.systemIdentifier = this.election.systemIdentifier();
		NodeTracker primary = this.election.primary();
		if (primary != before || this.election.timeline() != timelineBefore) {
			primaryChanged(before, timelineBefore, primary, actions);
		}
		NodeReading reading = (primary != null) ? primary.reading : null;
		if (primary != null && reading != null && primary.failure == null && !reading.inRecovery()) {
			if (this.primaryPositions.isEmpty() || this.primaryPositions.latestEpoch() < reading.epoch()) {
				this.primaryPositions.add(reading);
			}
			findDiverged(reading);
		}
		for (NodeTracker tracker : this.trackers) {
			assess(tracker, actions);
		}
		this.snapshot = takeSnapshot();
	}

	private void assessUnwatched(Actions actions) {
		for (NodeTracker tracker : this.trackers) {
			change(tracker,
					tracker.drained ? NodeState.DRAINED : (tracker.ejection != null) ? NodeState.EJECTED : NodeState.UP,
					tracker.ejection, null, actions);
		}
		this.snapshot = takeSnapshot();
	}

	private void primaryChanged(@Nullable NodeTracker before, int timelineBefore, @Nullable NodeTracker primary,
			Actions actions) {
		if (primary == null) {
			if (before != null) {
				actions.add(() -> abort(before.pool, "it is not the primary any more"));
			}
			return;
		}
		NodeReading reading = Objects.requireNonNull(primary.reading);
		int timeline = reading.timeline();
		if (timelineBefore != 0 && timeline > timelineBefore) {
			changeTimeline(timeline, reading, primary);
			this.failovers.increment();
			NodeTracker deposed = this.election.deposed();
			if (deposed != null) {
				logger.warn("Cluster " + this.cluster + ": " + primary.pool.node().id()
						+ " is the primary now (timeline " + timeline + " from "
						+ NodeReading.format(reading.replayPosition()) + "), in place of " + deposed.pool.node().id());
				actions.add(() -> abort(deposed.pool,
						primary.pool.node().id() + " is the primary now, on timeline " + timeline));
			}
			actions.add(primary.pool::evictAll);
		}
	}

	private void changeTimeline(int timeline, NodeReading reading, NodeTracker primary) {
		long begin = reading.replayPosition();
		for (NodeTracker tracker : this.trackers) {
			tracker.replayAtChange = -1;
			NodeReading last = tracker.reading;
			if (tracker != primary && last != null && last.inRecovery() && begin > 0
					&& tracker.arrivalEpoch < primary.recoveryEpoch && last.replayPosition() > begin) {
				tracker.divergence = diverged(last, begin, "where timeline " + timeline + " begins");
			}
		}
		if (begin > 0) {
			this.timelineBegins.put(timeline, begin);
		}
	}

	/**
	 * A standby that was ahead of where the primary is later follows another history.
	 */
	private void findDiverged(NodeReading primary) {
		for (NodeTracker tracker : this.trackers) {
			NodeReading reading = tracker.reading;
			if (reading != null && reading.inRecovery() && tracker.divergence == null
					&& primary.epoch() > tracker.arrivalEpoch && reading.replayPosition() > primary.insertPosition()) {
				tracker.divergence = diverged(reading, primary.insertPosition(),
						"which the primary reached only later");
			}
		}
	}

	private static String diverged(NodeReading reading, long position, String what) {
		return "has diverged from the primary: it has replayed " + NodeReading.format(reading.replayPosition())
				+ ", beyond " + NodeReading.format(position) + ", " + what + "; rebuild it from the primary";
	}

	private void abort(NodePool pool, String reason) {
		int aborted = pool.abortAll(reason);
		if (aborted > 0) {
			logger.warn("Aborted " + aborted + " connections to " + pool.node().id() + ": " + reason);
		}
	}

	private void assess(NodeTracker tracker, Actions actions) {
		NodeReading reading = tracker.reading;
		boolean primary = tracker == this.election.primary();
		long now = System.nanoTime();
		tracker.endEjection(now);
		ReplicaProgress progress = ReplicaProgress.UNKNOWN;
		Lag lag = null;
		if (reading != null && reading.inRecovery() && this.election.timeline() > 0) {
			tracker.verifyTimeline(this.election.timeline());
			lag = this.primaryPositions.lag(reading.replayPosition(), lagTime(reading));
			if (tracker.verifiedTimeline == this.election.timeline() && tracker.divergence == null) {
				progress = new ReplicaProgress(this.primaryPositions.coveredEpoch(reading.replayPosition()),
						this.primaryPositions.coveredNanoTime(reading.replayPosition(), now - Long.MAX_VALUE / 4),
						reading.replayPosition(), lag, tracker.replayEpochs(), tracker.replayPositions());
			}
		}
		tracker.pool.progress(progress);
		NodeState state = NodeState.UP;
		String reason = null;
		String fence = this.election.fence(tracker);
		if (tracker.drained) {
			state = NodeState.DRAINED;
			reason = "by the operator";
		}
		else if (fence != null || tracker.divergence != null) {
			state = NodeState.FENCED;
			reason = (fence != null) ? fence : tracker.divergence;
		}
		else if (tracker.isUnreachable(primary)) {
			state = NodeState.UNREACHABLE;
			reason = Objects.requireNonNull(tracker.failure).message();
		}
		else if (reading == null) {
			state = NodeState.UNSEEN;
		}
		else if (primary && reading.readOnly()) {
			reason = "refuses to write: default_transaction_read_only is on";
		}
		else if (reading.inRecovery()) {
			reason = (tracker.ejection == null) ? lagging(tracker, reading, lag, progress) : tracker.ejection;
			state = (reason == null) ? NodeState.UP
					: (tracker.ejection != null) ? NodeState.EJECTED : NodeState.LAGGING;
		}
		change(tracker, state, reason, reading != null && reading.inRecovery() ? lag : null, actions);
	}

	/**
	 * Lag does not grow while the primary does not answer: as far as anybody knows,
	 * nothing is written.
	 */
	private long lagTime(NodeReading reading) {
		NodeTracker primary = this.election.primary();
		return (primary != null && primary.failure == null) ? reading.nanoTime()
				: Math.min(reading.nanoTime(), this.primaryPositions.latestNanoTime());
	}

	private @Nullable String lagging(NodeTracker tracker, NodeReading reading, @Nullable Lag lag,
			ReplicaProgress progress) {
		TopologyOptions options = Objects.requireNonNull(this.options);
		int timeline = this.election.timeline();
		if (timeline == 0 || lag == null) {
			return "lag unknown: no primary has been seen";
		}
		if (tracker.verifiedTimeline != timeline) {
			return (reading.timeline() != 0)
					? "follows timeline " + reading.timeline() + ", the primary is on " + timeline
					: "not known to follow timeline " + timeline
							+ " yet: wait for it to replay something, or grant pg_monitor to the monitor's user";
		}
		if (!tracker.hasReturned()) {
			return "was restarted, and has not replayed what the primary had then";
		}
		if (lag.time().compareTo(options.maxLag()) > 0 || lag.bytes() > options.maxLagBytes()) {
			return "is " + lag + " behind";
		}
		return null;
	}

	private void change(NodeTracker tracker, NodeState state, @Nullable String reason, @Nullable Lag lag,
			Actions actions) {
		NodeStatus before = tracker.change(state, reason, lag, this.clock.instant());
		if (before == null) {
			return;
		}
		NodePool pool = tracker.pool;
		boolean usable = state == NodeState.UP;
		if (!usable && before.state() == NodeState.UP && state != NodeState.LAGGING) {
			actions.add(pool::evictAll);
		}
		log(tracker, before, state, reason);
	}

	private void log(NodeTracker tracker, NodeStatus before, NodeState state, @Nullable String reason) {
		String id = tracker.pool.node().id();
		if (state == NodeState.UP) {
			if (before.state() != NodeState.UNSEEN && before.state() != NodeState.UP && isDue(tracker.pool)) {
				logger.info("Node " + id + " is given work again");
			}
		}
		else if (state == NodeState.FENCED) {
			logger.error("Node " + id + " is given no work: " + reason);
		}
		else if (state == NodeState.DRAINED) {
			logger.info("Node " + id + " is drained");
		}
		else if (before.state() == NodeState.UP || before.state() == NodeState.UNSEEN) {
			if (state != NodeState.UNSEEN && isDue(tracker.pool)) {
				logger.warn(
						"Node " + id + " is given no work (" + state.name().toLowerCase(Locale.ROOT) + "): " + reason);
			}
		}
	}

	/**
	 * A node that changes its state all the time is named at most twice within a while.
	 */
	private boolean isDue(NodePool pool) {
		long now = System.nanoTime();
		if (now - this.lastLog > LOG_PAUSE.toNanos()) {
			this.loggedRecently.clear();
			this.lastLog = now;
		}
		boolean due = this.loggedRecently.stream().filter(pool::equals).count() < 4;
		if (due) {
			this.loggedRecently.add(pool);
		}
		return due;
	}

	private Snapshot takeSnapshot() {
		List<NodeStatus> nodes = this.trackers.stream().map((tracker) -> tracker.status).toList();
		NodePool primary = (this.options != null) ? electedPrimary() : configuredPrimary();
		List<NodePool> available = new ArrayList<>();
		List<NodePool> lagging = new ArrayList<>();
		for (NodeTracker tracker : this.trackers) {
			NodeStatus status = tracker.status;
			if (tracker.pool != primary && status.role() == NodeRole.REPLICA) {
				if (status.state() == NodeState.UP) {
					available.add(tracker.pool);
				}
				else if (status.state() == NodeState.LAGGING && tracker.isComparable(this.election.timeline())) {
					lagging.add(tracker.pool);
				}
			}
		}
		NodeTracker elected = this.election.primary();
		boolean writable = this.options == null || (elected != null && primary != null
				&& elected.status.state() == NodeState.UP && elected.reading != null && !elected.reading.readOnly());
		Topology topology = new Topology(this.cluster, (primary != null) ? primary.node() : null,
				this.election.timeline(), nodes);
		return new Snapshot(topology, primary, writable, this.election.conflict(), List.copyOf(available),
				List.copyOf(available), List.copyOf(lagging));
	}

	private @Nullable NodePool electedPrimary() {
		NodeTracker primary = this.election.primary();
		return (primary != null && !primary.drained) ? primary.pool : null;
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
	 * Things to do outside of the lock.
	 */
	private static final class Actions {

		private final List<Runnable> actions = new ArrayList<>();

		void add(Runnable action) {
			this.actions.add(action);
		}

		void run() {
			this.actions.forEach(Runnable::run);
		}

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
