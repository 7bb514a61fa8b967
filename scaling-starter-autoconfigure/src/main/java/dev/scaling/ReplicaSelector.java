package dev.scaling;

import java.util.List;

import dev.scaling.topology.Node;

/**
 * Chooses the replica that serves a read. A bean of this type takes the place of
 * {@code scaling.routing.selector}.
 * <p>
 * It is called for each read that is routed, by many threads at once: it must be
 * thread-safe, must not block, and should not allocate.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ReplicaSelector {

	/**
	 * Chooses one of the given candidates.
	 * @param candidates the replicas that may serve the read, at least one; unmodifiable
	 * @return one of the candidates, never {@code null}
	 */
	Candidate select(List<Candidate> candidates);

	/**
	 * A replica that may serve a read.
	 */
	interface Candidate {

		/**
		 * The replica.
		 * @return the node, never {@code null}
		 */
		Node node();

		/**
		 * How many connections to the replica this process uses at the moment.
		 * @return the number of connections, 0 or more
		 */
		int busy();

	}

}
