package dev.scaling.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ThreadLocalRandom;

import dev.scaling.topology.Lag;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one node beyond its last reading. Guarded by the lock of its
 * {@link LiveTopology}.
 */
final class NodeTracker {

	private static final int REMEMBERED_READINGS = 8;

	private static final int FIRST_PROBES = 3;

	private static final int ANOTHER_TIMELINE = -1;

	private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);

	private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(10);

	private static final Duration FORGIVEN_AFTER = Duration.ofMinutes(1);

	final NodePool pool;

	/**
	 * The latest replay positions of a standby, the first is the oldest.
	 */
	private final Deque<NodeReading> replays = new ArrayDeque<>();

	/**
	 * The epochs when these readings arrived.
	 */
	private final Deque<Long> arrivals = new ArrayDeque<>();

	@Nullable NodeReading reading;

	/**
	 * The epoch when the reading arrived: a greater one was sent afterwards.
	 */
	long arrivalEpoch;

	/**
	 * The epoch of the last reading that saw a standby.
	 */
	long recoveryEpoch;

	/**
	 * The replica counts as caught up when it has replayed what the primary had in this
	 * epoch.
	 */
	long returnEpoch;

	/**
	 * The timeline of the primary that the replica is known to follow, 0 if nothing is
	 * known.
	 */
	int verifiedTimeline;

	/**
	 * Where replay was when the replica was first seen after a change of the timeline, or
	 * -1.
	 */
	long replayAtChange = -1;

	/**
	 * The epoch of the last probe, successful or not.
	 */
	long lastEpoch;

	/**
	 * When that probe was over.
	 */
	long lastNanoTime = System.nanoTime();

	@Nullable ProbeFailure failure;

	/**
	 * What the server has said when it refused a probe, since it answered the last one:
	 * that tells more than the silence that may follow.
	 */
	private @Nullable String refusal;

	int failures;

	long failedSince;

	boolean aborted;

	@Nullable String ejection;

	long ejectionEpoch;

	long ejectedUntil;

	boolean drained;

	/**
	 * Whether it has been said that the URL stands for several servers.
	 */
	boolean severalServers;

	@Nullable String divergence;

	NodeStatus status;

	private Duration backOff = FIRST_BACK_OFF;

	private long lastEjection;

	NodeTracker(NodePool pool, NodeState state, Instant since) {
		this.pool = pool;
		this.status = new NodeStatus(pool.node(), pool.node().role(), state, since, null, null, null);
	}

	void seen(NodeReading reading, long epoch) {
		NodeReading last = this.reading;
		if (last != null && isRestarted(last, reading)) {
			this.divergence = null;
			this.returnEpoch = epoch;
			this.replayAtChange = -1;
			forgetReplays();
		}
		if (reading.inRecovery()) {
			this.recoveryEpoch = reading.epoch();
			this.replays.addLast(reading);
			this.arrivals.addLast(epoch);
			if (this.replays.size() > REMEMBERED_READINGS) {
				this.replays.removeFirst();
				this.arrivals.removeFirst();
			}
		}
		else {
			this.divergence = null;
			forgetReplays();
		}
		this.reading = reading;
		this.lastEpoch = reading.epoch();
		this.lastNanoTime = System.nanoTime();
		this.arrivalEpoch = epoch;
		this.failure = null;
		this.refusal = null;
		this.failures = 0;
		this.aborted = false;
	}

	private void forgetReplays() {
		this.replays.clear();
		this.arrivals.clear();
	}

	/**
	 * How far the standby had replayed before the probe of the given epoch was sent, 0 if
	 * unknown.
	 */
	long replayedBefore(long epoch) {
		long position = 0;
		Iterator<Long> arrivals = this.arrivals.iterator();
		for (NodeReading reading : this.replays) {
			if (arrivals.next() < epoch) {
				position = reading.replayPosition();
			}
		}
		return position;
	}

	/**
	 * A server that recovers from a crash of one of its processes may come back to an
	 * earlier position, too.
	 */
	private static boolean isRestarted(NodeReading last, NodeReading reading) {
		return !reading.server().isSameProcess(last.server())
				|| (reading.inRecovery() && reading.replayPosition() < last.replayPosition());
	}

	void failed(ProbeFailure failure, long epoch, long nanoTime) {
		this.lastEpoch = epoch;
		this.lastNanoTime = nanoTime;
		if (this.failure == null) {
			this.failedSince = nanoTime;
		}
		this.refusal = switch (failure.kind()) {
			case DOWN -> null;
			case TIMEOUT -> this.refusal;
			case REFUSED -> failure.message();
		};
		this.failure = (this.refusal == null || failure.kind() == ProbeFailure.Kind.REFUSED) ? failure
				: new ProbeFailure(failure.message() + " (it said before: " + this.refusal + ")", failure.kind());
		this.failures++;
	}

	void eject(String reason, long epoch, long nanoTime) {
		if (nanoTime - this.lastEjection > FORGIVEN_AFTER.toNanos()) {
			this.backOff = FIRST_BACK_OFF;
		}
		long millis = this.backOff.toMillis();
		long jitter = ThreadLocalRandom.current().nextLong(-millis / 5, millis / 5 + 1);
		this.ejection = reason;
		this.ejectionEpoch = epoch;
		this.ejectedUntil = nanoTime + Duration.ofMillis(millis + jitter).toNanos();
		this.lastEjection = nanoTime;
		Duration next = this.backOff.multipliedBy(2);
		this.backOff = (next.compareTo(LONGEST_BACK_OFF) < 0) ? next : LONGEST_BACK_OFF;
	}

	/**
	 * Ends an ejection if a probe that was sent after it has reached the node, and the
	 * back-off has passed.
	 */
	void endEjection(long nanoTime) {
		NodeReading reading = this.reading;
		if (this.ejection != null && this.failure == null && reading != null && reading.epoch() > this.ejectionEpoch
				&& nanoTime - this.ejectedUntil >= 0) {
			this.ejection = null;
		}
	}

	/**
	 * Whether no probe has told anything yet.
	 */
	boolean isPending() {
		return this.reading == null && this.failure == null;
	}

	/**
	 * Whether a probe has told what there is to tell.
	 */
	boolean isSettled() {
		return this.reading != null || (this.failure != null && this.failure.kind() != ProbeFailure.Kind.TIMEOUT);
	}

	/**
	 * Whether the node has been too slow for its first probes, and may still answer.
	 */
	boolean isSlow() {
		return !isSettled() && this.failures <= FIRST_PROBES;
	}

	/**
	 * Whether the last reading saw a standby.
	 */
	boolean isStandby() {
		return this.reading != null && this.reading.inRecovery();
	}

	/**
	 * Whether the node is known to claim the role of a primary at this moment.
	 */
	boolean isClaiming() {
		return this.reading != null && !this.reading.inRecovery() && this.failure == null;
	}

	/**
	 * Whether the node does not answer. A single probe that was too slow takes nothing
	 * from a primary, nor does a server that refuses only the monitor.
	 */
	boolean isUnreachable(boolean primary) {
		ProbeFailure failure = this.failure;
		if (failure == null) {
			return false;
		}
		return switch (failure.kind()) {
			case DOWN -> true;
			case TIMEOUT -> !primary || this.failures > 1;
			case REFUSED -> !primary;
		};
	}

	NodeRole role() {
		NodeReading reading = this.reading;
		if (reading == null) {
			return this.pool.node().role();
		}
		return reading.inRecovery() ? NodeRole.REPLICA : NodeRole.PRIMARY;
	}

	long[] replayEpochs() {
		return this.replays.stream().mapToLong(NodeReading::epoch).toArray();
	}

	long[] replayPositions() {
		return this.replays.stream().mapToLong(NodeReading::replayPosition).toArray();
	}

	/**
	 * Follows the primary to its timeline: the one that the standby receives tells. Where
	 * it may not be seen, a replay has to move beyond all that the standby had when the
	 * timeline changed, while no deposed primary runs that it could follow.
	 */
	void verifyTimeline(int timeline, long changeEpoch, boolean deposedRuns) {
		NodeReading reading = this.reading;
		if (reading != null && reading.timeline() > timeline) {
			this.verifiedTimeline = ANOTHER_TIMELINE;
		}
		if (reading == null || timeline == this.verifiedTimeline) {
			return;
		}
		if (reading.timeline() == timeline) {
			this.verifiedTimeline = timeline;
		}
		else if (reading.timeline() != 0 || deposedRuns || reading.epoch() <= changeEpoch) {
			this.replayAtChange = -1;
		}
		else if (changeEpoch == 0 && this.verifiedTimeline == 0) {
			this.verifiedTimeline = timeline;
		}
		else if (this.replayAtChange < 0) {
			this.replayAtChange = Math.max(reading.replayPosition(), reading.receivePosition());
		}
		else if (reading.replayPosition() > this.replayAtChange) {
			this.verifiedTimeline = timeline;
		}
	}

	/**
	 * Whether the replica has replayed what the primary had when the replica was
	 * restarted: until then it may be behind what it has shown before.
	 */
	boolean hasReturned() {
		return this.returnEpoch == 0 || this.pool.progress().coveredEpoch() > this.returnEpoch;
	}

	/**
	 * Whether the replica is merely behind, and has never shown more than now.
	 */
	boolean isComparable(int timeline) {
		return hasReturned() && (timeline == 0 || this.verifiedTimeline == timeline);
	}

	/**
	 * Sets the state.
	 * @return the state before, or {@code null} if it is the same
	 */
	@Nullable NodeStatus change(NodeState state, @Nullable String reason, @Nullable Lag lag, Instant now) {
		NodeStatus last = this.status;
		boolean same = last.state() == state && last.role() == role();
		this.status = new NodeStatus(this.pool.node(), role(), state, same ? last.since() : now, reason, this.reading,
				lag);
		return same ? null : last;
	}

}
