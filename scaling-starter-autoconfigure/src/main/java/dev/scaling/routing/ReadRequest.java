package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.scaling.ConsistencyLevel;
import dev.scaling.ReplicaSelector;
import dev.scaling.consistency.ReplicaProgress;
import dev.scaling.consistency.SessionPosition;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * Which replicas are fresh enough for a read.
 *
 * @param topology the nodes
 * @param freshness how fresh the read has to be
 * @param position how far the session of the read has come, or {@code null} if it does
 * not matter
 * @param window how long a session that has written is kept off nodes that cannot be
 * compared with its position, in nanoseconds
 * @param avoided a node on which the read has failed before, or {@code null}
 */
record ReadRequest(LiveTopology topology, Freshness freshness, @Nullable SessionPosition position, long window,
		@Nullable NodePool avoided) {

	/**
	 * The candidates that are fresh enough: in most cases all of them.
	 */
	List<ReplicaSelector.Candidate> fresh(List<ReplicaSelector.Candidate> candidates) {
		if (this.position != null) {
			if (this.position.isUnbound() && this.avoided == null) {
				return candidates;
			}
			settle(this.position, candidates);
		}
		else if (this.freshness.level() != ConsistencyLevel.BOUNDED && this.avoided == null) {
			return candidates;
		}
		for (int i = 0; i < candidates.size(); i++) {
			if (!isFresh((NodePool) candidates.get(i))) {
				return without(candidates, i);
			}
		}
		return candidates;
	}

	/**
	 * The candidates that may be fresh enough, which only they can tell. The replica that
	 * the session is on is none of them.
	 */
	List<ReplicaSelector.Candidate> verifiable(List<ReplicaSelector.Candidate> candidates) {
		SessionPosition position = this.position;
		if (position == null) {
			return List.of();
		}
		List<ReplicaSelector.Candidate> verifiable = new ArrayList<>();
		for (ReplicaSelector.Candidate candidate : candidates) {
			NodePool pool = (NodePool) candidate;
			if (pool != this.avoided && !pool.isSeveralServers()
					&& (pool.node() != position.replica() || !isFresh(pool))
					&& position.verifiablePosition(pool.node(), pool.progress()) >= 0) {
				verifiable.add(candidate);
			}
		}
		return verifiable;
	}

	/**
	 * Asks a replica whether it is fresh enough.
	 */
	boolean isVerified(NodePool pool, Connection connection) throws SQLException {
		SessionPosition position = Objects.requireNonNull(this.position);
		long required = position.verifiablePosition(pool.node(), pool.progress());
		boolean verified = required >= 0 && CommitPosition.isReached(connection, required);
		if (!verified) {
			position.notVerified();
		}
		return verified;
	}

	private List<ReplicaSelector.Candidate> without(List<ReplicaSelector.Candidate> candidates, int first) {
		List<ReplicaSelector.Candidate> fresh = new ArrayList<>(candidates.size() - 1);
		for (int i = 0; i < first; i++) {
			fresh.add(candidates.get(i));
		}
		for (int i = first + 1; i < candidates.size(); i++) {
			if (isFresh((NodePool) candidates.get(i))) {
				fresh.add(candidates.get(i));
			}
		}
		return fresh;
	}

	private boolean isFresh(NodePool pool) {
		if (pool == this.avoided) {
			return false;
		}
		ReplicaProgress progress = pool.progress();
		if (this.position != null) {
			return pool.isSeveralServers() ? !this.position.hasWrittenWithin(this.window)
					: this.position.isCoveredBy(pool.node(), progress);
		}
		return this.freshness.level() != ConsistencyLevel.BOUNDED
				|| System.nanoTime() - progress.coveredNanoTime() <= this.freshness.maxStaleness();
	}

	private void settle(SessionPosition position, List<ReplicaSelector.Candidate> candidates) {
		Node node = position.replica();
		if (node == null) {
			return;
		}
		for (int i = 0; i < candidates.size(); i++) {
			if (candidates.get(i).node() == node) {
				position.settle(((NodePool) candidates.get(i)).progress());
				return;
			}
		}
		position.leaveReplica();
	}

}
