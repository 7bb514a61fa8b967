package dev.scaling.topology;

import java.util.List;
import java.util.Optional;

/**
 * Immutable snapshot of a cluster's nodes and their states.
 *
 * @param cluster the name of the cluster
 * @param nodes the states of the nodes, the primary first, then the replicas in the order
 * of their configuration
 * @since 0.1.0
 */
public record Topology(String cluster, List<NodeStatus> nodes) {

	public Topology {
		nodes = List.copyOf(nodes);
	}

	/**
	 * The state of the node of the given id.
	 * @param id the id, such as {@code replica-1}
	 * @return the state, or empty if there is no such node
	 */
	public Optional<NodeStatus> node(String id) {
		return this.nodes.stream().filter((status) -> status.node().id().equals(id)).findFirst();
	}

}
