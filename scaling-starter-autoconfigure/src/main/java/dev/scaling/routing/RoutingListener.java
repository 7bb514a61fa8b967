package dev.scaling.routing;

import dev.scaling.topology.Node;

/**
 * Is told of each routing decision, on the thread that runs the work.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RoutingListener {

	/**
	 * A listener that does nothing.
	 */
	RoutingListener NONE = (node, reason) -> {
	};

	/**
	 * Work has got a connection to the given node. Must not block or throw.
	 * @param node the node that serves the work
	 * @param reason why it does
	 */
	void routed(Node node, RoutingReason reason);

}
