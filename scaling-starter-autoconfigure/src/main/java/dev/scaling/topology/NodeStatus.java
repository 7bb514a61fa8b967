package dev.scaling.topology;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * State of a node at one moment.
 *
 * @param node the node
 * @param state whether it is given work
 * @param since when it entered that state
 * @param reason why it entered that state, or {@code null} if it has been so from the
 * start
 * @since 0.1.0
 */
public record NodeStatus(Node node, NodeState state, Instant since, @Nullable String reason) {

}
