package dev.scaling.routing;

import java.util.List;
import java.util.stream.Collectors;

import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import org.jspecify.annotations.Nullable;

/**
 * Finds the primary among the nodes that claim to be one. The highest timeline wins,
 * because each promotion raises it; two servers on the same timeline are two histories
 * that nobody can tell apart, so neither takes writes. A primary that does not answer
 * stays the primary until another one is found. Guarded by the lock of its
 * {@link LiveTopology}.
 */
final class PrimaryElection {

	private final List<NodeTracker> trackers;

	private @Nullable NodeTracker primary;

	/**
	 * The primary before the last change.
	 */
	private @Nullable NodeTracker deposed;

	/**
	 * The last primary that there was.
	 */
	private @Nullable NodeTracker last;

	private int timeline;

	private long systemIdentifier;

	private @Nullable String conflict;

	PrimaryElection(List<NodeTracker> trackers) {
		this.trackers = trackers;
	}

	@Nullable NodeTracker primary() {
		return this.primary;
	}

	@Nullable NodeTracker deposed() {
		return this.deposed;
	}

	/**
	 * The highest timeline on which a primary has been accepted.
	 */
	int timeline() {
		return this.timeline;
	}

	/**
	 * The identifier of the database cluster, 0 while it is unknown.
	 */
	long systemIdentifier() {
		return this.systemIdentifier;
	}

	@Nullable String conflict() {
		return this.conflict;
	}

	void elect() {
		identify();
		this.conflict = null;
		if (this.last == null && this.trackers.stream().anyMatch(NodeTracker::isPending)) {
			// the first one that answers may be deposed, or of another cluster
			return;
		}
		List<NodeTracker> claimants = this.trackers.stream().filter(this::isEligible).toList();
		int highest = claimants.stream().mapToInt((claimant) -> reading(claimant).timeline()).max().orElse(0);
		List<NodeTracker> winners = claimants.stream()
			.filter((claimant) -> reading(claimant).timeline() == highest)
			.toList();
		if (winners.isEmpty()) {
			NodeTracker primary = this.primary;
			if (primary != null && primary.failure == null) {
				this.primary = null;
			}
			return;
		}
		List<NodeTracker> rivals = this.trackers.stream().filter((tracker) -> isRival(tracker, highest)).toList();
		if (!isOneServer(rivals)) {
			this.conflict = rivals.stream().map((rival) -> id(rival)).collect(Collectors.joining(" and "))
					+ " claim to be the primary on timeline " + highest;
			this.primary = null;
			return;
		}
		NodeTracker winner = winners.contains(this.last) ? this.last : winners.get(0);
		if (winner != null && isAcceptable(winner)) {
			accept(winner);
		}
	}

	private void accept(NodeTracker winner) {
		this.deposed = this.last;
		this.primary = winner;
		this.last = winner;
		this.timeline = reading(winner).timeline();
		if (this.systemIdentifier == 0) {
			this.systemIdentifier = reading(winner).server().systemIdentifier();
		}
	}

	/**
	 * A promotion raises the timeline, so another server on the timeline of the primary
	 * is no successor of it.
	 */
	private boolean isAcceptable(NodeTracker winner) {
		NodeTracker last = this.last;
		if (last == null) {
			// the configured primary says which database cluster this is, if it answers
			return winner == this.trackers.get(0) || !this.trackers.get(0).isSlow();
		}
		if (winner == last || reading(winner).timeline() > this.timeline) {
			return true;
		}
		NodeReading lastReading = last.reading;
		return lastReading != null && (lastReading.inRecovery() ? last.failure == null
				: lastReading.server().isSameProcess(reading(winner).server()));
	}

	private boolean isEligible(NodeTracker tracker) {
		return tracker.isClaiming() && !isForeign(tracker) && reading(tracker).timeline() >= this.timeline
				&& isPromotable(tracker);
	}

	/**
	 * Whether a node has claimed to be the primary on a timeline, and nothing says that
	 * it has stopped: one that is slow, or refuses the monitor, may still take writes.
	 */
	private boolean isRival(NodeTracker tracker, int timeline) {
		NodeReading reading = tracker.reading;
		return reading != null && !reading.inRecovery() && reading.timeline() == timeline && !isForeign(tracker)
				&& isPromotable(tracker)
				&& (tracker.failure == null || tracker.failure.kind() != ProbeFailure.Kind.DOWN);
	}

	/**
	 * The configured primary, or the last one, needs no permission.
	 */
	private boolean isPromotable(NodeTracker tracker) {
		return tracker.pool.node().promotable() || tracker == this.last;
	}

	private static boolean isOneServer(List<NodeTracker> trackers) {
		return trackers.stream()
			.allMatch((tracker) -> reading(tracker).server().isSameProcess(reading(trackers.get(0)).server()));
	}

	/**
	 * The configured primary says which database cluster this is. Until it has been seen,
	 * all nodes that have been seen must agree.
	 */
	private void identify() {
		if (this.systemIdentifier != 0) {
			return;
		}
		NodeReading configured = this.trackers.get(0).reading;
		if (configured != null) {
			this.systemIdentifier = configured.server().systemIdentifier();
		}
	}

	private boolean isForeign(NodeTracker tracker) {
		NodeReading reading = tracker.reading;
		if (reading == null || reading.server().systemIdentifier() == 0) {
			return false;
		}
		long identifier = reading.server().systemIdentifier();
		if (this.systemIdentifier != 0) {
			return identifier != this.systemIdentifier;
		}
		return this.trackers.stream()
			.anyMatch((other) -> other.reading != null && other.reading.server().systemIdentifier() != identifier);
	}

	/**
	 * Why a node is not to be trusted, or {@code null} if it is.
	 */
	@Nullable String fence(NodeTracker tracker) {
		NodeReading reading = tracker.reading;
		if (reading == null) {
			return null;
		}
		if (isForeign(tracker)) {
			return "its URL leads to another database cluster (system identifier "
					+ Long.toUnsignedString(reading.server().systemIdentifier())
					+ ((this.systemIdentifier != 0) ? ", not " + Long.toUnsignedString(this.systemIdentifier) : "")
					+ "): correct the URL of " + tracker.pool.node().id();
		}
		if (reading.inRecovery() || tracker == this.primary || tracker.failure != null) {
			return null;
		}
		if (this.last == null && this.conflict == null) {
			return null;
		}
		NodeTracker primary = this.primary;
		if (this.conflict != null && isEligible(tracker)) {
			return this.conflict + ": nobody writes until one of them is stopped or made a replica of the other";
		}
		if (primary != null && primary.reading != null && primary.reading.server().isSameProcess(reading.server())) {
			return null;
		}
		if (!isPromotable(tracker)) {
			return "it was promoted on timeline " + reading.timeline() + ", but 'promotable' is false";
		}
		return "it claims to be the primary on timeline " + reading.timeline() + ", but "
				+ ((primary != null) ? id(primary) + " is the primary" : "the last primary was") + " on timeline "
				+ this.timeline + "; make it a replica again";
	}

	private static String id(NodeTracker tracker) {
		Node node = tracker.pool.node();
		return node.id() + ((node.url() != null) ? " (" + node.url() + ")" : "");
	}

	private static NodeReading reading(NodeTracker tracker) {
		NodeReading reading = tracker.reading;
		if (reading == null) {
			throw new IllegalStateException("Node " + tracker.pool.node().id() + " has not been seen");
		}
		return reading;
	}

}
