package dev.scaling.topology;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Immutable snapshot of a cluster's nodes and their states.
 *
 * @param cluster the name of the cluster
 * @param primary the node that takes the writes, or {@code null} if there is none at the
 * moment
 * @param timeline the timeline of the primary, which each promotion raises; 0 if unknown
 * @param nodes the states of the nodes, the configured primary first, then the replicas
 * in the order of their configuration
 * @since 0.1.0
 */
public record Topology(String cluster, @Nullable Node primary, int timeline, List<NodeStatus> nodes) {

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
