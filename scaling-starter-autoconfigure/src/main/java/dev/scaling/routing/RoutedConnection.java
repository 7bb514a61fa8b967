package dev.scaling.routing;

import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import org.jspecify.annotations.Nullable;

/**
 * What a connection of the {@link RoutingDataSource} tells about its routing; reached by
 * {@code connection.unwrap(RoutedConnection.class)}.
 *
 * @since 0.1.0
 */
public interface RoutedConnection {

	/**
	 * The node whose physical connection is held at the moment.
	 * @return the node, or {@code null} if no physical connection is held
	 */
	@Nullable Node currentNode();

	/**
	 * The role that this node had when its connection was taken.
	 * @return the role, or {@code null} if no physical connection is held
	 */
	@Nullable NodeRole currentRole();

}
