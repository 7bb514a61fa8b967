package dev.scaling.insight;

import java.time.Instant;

import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * Why work went to a node.
 *
 * @param time when it did
 * @param node the node that has served it
 * @param reason the reason
 * @param transaction the name of the transaction, or {@code null} for work outside of one
 * or without a name
 * @param thread the name of the thread
 * @since 0.1.0
 */
public record Decision(Instant time, Node node, RoutingReason reason, @Nullable String transaction, String thread) {

}
