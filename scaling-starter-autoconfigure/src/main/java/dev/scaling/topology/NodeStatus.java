package dev.scaling.topology;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a node at one moment.
 *
 * @param node the node
 * @param role the role that it has, or the configured one while it has not been seen
 * @param state whether it is given work
 * @param since when it entered that state
 * @param reason why it entered that state, or {@code null} if there is nothing to say
 * @param reading what the last successful probe saw, or {@code null} if there was none
 * @param lag how far a replica was behind at that time, or {@code null} if unknown or for
 * a primary
 * @since 0.1.0
 */
public record NodeStatus(Node node, NodeRole role, NodeState state, Instant since, @Nullable String reason,
		@Nullable NodeReading reading, @Nullable Lag lag) {

}
