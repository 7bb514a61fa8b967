package dev.scaling.starter.consistency;

import dev.scaling.routing.RoutingReason;

/**
 * Where a piece of work went, and why.
 *
 * @param node the id of the node
 * @param reason the reason
 */
public record Decision(String node, RoutingReason reason) {

	/**
	 * Whether a replica served the work.
	 * @return {@code true} for a replica
	 */
	public boolean isReplica() {
		return this.reason.isReplica();
	}

}
