package dev.scaling.routing;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

import dev.scaling.consistency.ReplicaProgress;
import dev.scaling.routing.LiveTopology.Snapshot;
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
 * What all probes and callers together have told about a cluster, and what follows from
 * it: which node is the primary, and the state of each. Guarded by the lock of its
 * {@link LiveTopology}; what has to be done to pools is left to it.
 */
final class ClusterState {

	private static final Log logger = LogFactory.getLog(LiveTopology.class);

	private final String cluster;

	private final List<NodeTracker> trackers;

	private final @Nullable TopologyOptions options;

	private final Clock clock;

	private final PrimaryElection election;

	private final PrimaryPositions primaryPositions = new PrimaryPositions();

	/**
	 * Where the timelines begin that have been seen to begin.
	 */
	private final NavigableMap<Integer, Long> timelineBegins = new TreeMap<>();

	/**
	 * The epoch of the last change of the timeline, 0 if none has been seen.
	 */
	private long changeEpoch;

	private final TopologyLog log = new TopologyLog();

	ClusterState(List<NodePool> pools, @Nullable TopologyOptions options, Clock clock) {
		this.cluster = pools.get(0).node().cluster();
		this.options = options;
		this.clock = clock;
		Instant now = clock.instant();
		NodeState state = (options != null) ? NodeState.UNSEEN : NodeState.UP;
		this.trackers = pools.stream().map((pool) -> new NodeTracker(pool, state, now)).toList();
		this.election = new PrimaryElection(this.trackers);
	}

	NodeTracker tracker(NodePool pool) {
		for (NodeTracker tracker : this.trackers) {
			if (tracker.pool == pool) {
				return tracker;
			}
		}
		throw new IllegalArgumentException("Node " + pool + " does not belong to cluster " + this.cluster);
	}

	List<NodeTracker> trackers() {
		return this.trackers;
	}

	boolean isElected(NodeTracker tracker) {
		return tracker == this.election.primary();
	}

	/**
	 * When the probe was over that is the oldest of the last ones of all nodes.
	 */
	long oldestProbeNanoTime() {
		long oldest = System.nanoTime();
		for (NodeTracker tracker : this.trackers) {
			if (tracker.lastNanoTime - oldest < 0) {
				oldest = tracker.lastNanoTime;
			}
		}
		return oldest;
	}

	long systemIdentifier() {
		return this.election.systemIdentifier();
	}

	PrimaryPositions primaryPositions() {
		return this.primaryPositions;
	}

	/**
	 * Whether a position of a timeline lies beyond where a later one begins.
	 */
	boolean isLost(int timeline, long position) {
		return timeline > 0
				&& this.timelineBegins.tailMap(timeline, false).values().stream().anyMatch((begin) -> position > begin);
	}

	/**
	 * Draws the conclusions from all that is known.
	 * @param epoch the current epoch
	 */
	void assess(long epoch, TopologyChanges changes) {
		if (this.options == null) {
			for (NodeTracker tracker : this.trackers) {
				change(tracker,
						tracker.drained ? NodeState.DRAINED
								: (tracker.ejection != null) ? NodeState.EJECTED : NodeState.UP,
						tracker.ejection, null, changes);
			}
			return;
		}
		NodeTracker before = this.election.primary();
		int timelineBefore = this.election.timeline();
		this.election.elect();
		NodeTracker primary = this.election.primary();
		if (primary == null) {
			if (before != null) {
				changes.abort(before.pool, "it is not the primary any more");
			}
		}
		else if (timelineBefore != 0 && this.election.timeline() > timelineBefore) {
			this.changeEpoch = epoch;
			primaryChanged(primary, changes);
		}
		if (primary != null && primary.isClaiming()) {
			comparePrimary(Objects.requireNonNull(primary.reading));
		}
		for (NodeTracker tracker : this.trackers) {
			assess(tracker, this.options, changes);
		}
	}

	private void primaryChanged(NodeTracker primary, TopologyChanges changes) {
		NodeReading reading = Objects.requireNonNull(primary.reading);
		int timeline = reading.timeline();
		beginTimeline(timeline, reading.replayPosition(), primary);
		NodeTracker deposed = this.election.deposed();
		changes.failedOver();
		changes.evict(primary.pool);
		if (deposed != null) {
			String id = primary.pool.node().id();
			logger.warn("Cluster " + this.cluster + ": " + id + " is the primary now (timeline " + timeline + " from "
					+ NodeReading.format(reading.replayPosition()) + "), in place of " + deposed.pool.node().id());
			changes.abort(deposed.pool, id + " is the primary now, on timeline " + timeline);
		}
	}

	/**
	 * A standby that had replayed more than the new primary, before that one was
	 * promoted, has replayed what nobody else has. One that was ahead of the former
	 * primary may follow the new one.
	 */
	private void beginTimeline(int timeline, long begin, NodeTracker primary) {
		for (NodeTracker tracker : this.trackers) {
			tracker.replayAtChange = -1;
			tracker.divergence = null;
			long replayed = tracker.replayedBefore(primary.recoveryEpoch);
			if (begin > 0 && tracker != primary && replayed > begin) {
				tracker.divergence = diverged(replayed, begin, "where timeline " + timeline + " begins");
			}
		}
		if (begin > 0) {
			this.timelineBegins.put(timeline, begin);
		}
	}

	/**
	 * A standby that was ahead of where the primary is later follows another history.
	 */
	private void comparePrimary(NodeReading primary) {
		if (this.primaryPositions.latestEpoch() < primary.epoch()) {
			this.primaryPositions.add(primary);
		}
		for (NodeTracker tracker : this.trackers) {
			NodeReading reading = tracker.reading;
			if (reading != null && reading.inRecovery() && tracker.divergence == null
					&& primary.epoch() > tracker.arrivalEpoch && reading.replayPosition() > primary.insertPosition()) {
				tracker.divergence = diverged(reading.replayPosition(), primary.insertPosition(),
						"which the primary reached only later");
			}
		}
	}

	private static String diverged(long replayed, long position, String what) {
		return "has diverged from the primary: it has replayed " + NodeReading.format(replayed) + ", beyond "
				+ NodeReading.format(position) + ", " + what + "; rebuild it from the primary";
	}

	private void assess(NodeTracker tracker, TopologyOptions options, TopologyChanges changes) {
		tracker.endEjection(System.nanoTime());
		Lag lag = compareReplica(tracker);
		boolean primary = isElected(tracker);
		NodeReading reading = tracker.reading;
		String fence = this.election.fence(tracker);
		ProbeFailure failure = tracker.failure;
		if (tracker.drained) {
			change(tracker, NodeState.DRAINED, "by the operator", lag, changes);
		}
		else if (fence != null || tracker.divergence != null) {
			change(tracker, NodeState.FENCED, (fence != null) ? fence : tracker.divergence, null, changes);
		}
		else if (failure != null && tracker.isUnreachable(primary)) {
			change(tracker, NodeState.UNREACHABLE, failure.message(), null, changes);
		}
		else if (reading == null) {
			change(tracker, NodeState.UNSEEN, null, null, changes);
		}
		else if (!reading.inRecovery()) {
			change(tracker, NodeState.UP,
					(primary && reading.readOnly()) ? "refuses to write: default_transaction_read_only is on" : null,
					null, changes);
		}
		else if (tracker.ejection != null) {
			change(tracker, NodeState.EJECTED, tracker.ejection, lag, changes);
		}
		else {
			String lagging = lagging(tracker, reading, lag, options);
			change(tracker, (lagging != null) ? NodeState.LAGGING : NodeState.UP, lagging, lag, changes);
		}
	}

	/**
	 * Compares a replica with the primary, for the sessions, too.
	 * @return its lag, or {@code null} if it is unknown
	 */
	private @Nullable Lag compareReplica(NodeTracker tracker) {
		NodeReading reading = tracker.reading;
		int timeline = this.election.timeline();
		if (reading == null || !reading.inRecovery() || timeline == 0) {
			tracker.pool.progress(ReplicaProgress.UNKNOWN);
			return null;
		}
		tracker.verifyTimeline(timeline, this.changeEpoch, isDeposedRunning());
		long replayed = reading.replayPosition();
		Lag lag = this.primaryPositions.lag(replayed, lagTime(reading));
		boolean comparable = tracker.verifiedTimeline == timeline && tracker.divergence == null;
		tracker.pool.progress(!comparable ? ReplicaProgress.UNKNOWN
				: new ReplicaProgress(this.primaryPositions.coveredEpoch(replayed),
						this.primaryPositions.coveredNanoTime(replayed, System.nanoTime() - Long.MAX_VALUE / 4),
						replayed, lag, tracker.returnEpoch, tracker.replayEpochs(), tracker.replayPositions()));
		return lag;
	}

	/**
	 * A standby may move because it follows a deposed primary that still runs.
	 */
	private boolean isDeposedRunning() {
		return this.trackers.stream()
			.anyMatch((tracker) -> tracker.isClaiming() && tracker.reading != null
					&& tracker.reading.timeline() < this.election.timeline());
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
			TopologyOptions options) {
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
		if (!this.primaryPositions.isKnown(reading.replayPosition())) {
			return "lag unknown: has replayed nothing yet that the primary has written since it is watched";
		}
		if (lag.time().compareTo(options.maxLag()) > 0 || lag.bytes() > options.maxLagBytes()) {
			return "is " + lag + " behind";
		}
		return null;
	}

	private void change(NodeTracker tracker, NodeState state, @Nullable String reason, @Nullable Lag lag,
			TopologyChanges changes) {
		NodeStatus before = tracker.change(state, reason, lag, this.clock.instant());
		if (before == null) {
			this.log.unchanged(tracker.status);
			return;
		}
		this.log.changed(before, tracker.status);
		if (before.state() == NodeState.UP && state != NodeState.UP && state != NodeState.LAGGING) {
			changes.evict(tracker.pool);
		}
	}

	Snapshot snapshot() {
		NodeTracker primary = (this.options != null) ? this.election.primary() : this.trackers.get(0);
		NodePool primaryPool = (primary != null && !primary.drained) ? primary.pool : null;
		List<NodePool> available = new ArrayList<>();
		List<NodePool> lagging = new ArrayList<>();
		for (NodeTracker tracker : this.trackers) {
			if (tracker != primary && tracker.status.role() == NodeRole.REPLICA) {
				if (tracker.status.state() == NodeState.UP) {
					available.add(tracker.pool);
				}
				else if (tracker.status.state() == NodeState.LAGGING
						&& tracker.isComparable(this.election.timeline())) {
					lagging.add(tracker.pool);
				}
			}
		}
		boolean writable = primary != null && primaryPool != null && (this.options == null || isWritable(primary));
		List<NodeStatus> nodes = this.trackers.stream().map((tracker) -> tracker.status).toList();
		Topology topology = new Topology(this.cluster, (primaryPool != null) ? primaryPool.node() : null,
				this.election.timeline(), nodes);
		return new Snapshot(topology, primaryPool, writable, this.election.conflict(), List.copyOf(available),
				List.copyOf(available), List.copyOf(lagging));
	}

	private static boolean isWritable(NodeTracker tracker) {
		return tracker.status.state() == NodeState.UP && tracker.reading != null && !tracker.reading.readOnly();
	}

}
