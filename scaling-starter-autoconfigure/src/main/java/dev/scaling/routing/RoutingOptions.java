package dev.scaling.routing;

import java.time.Duration;

import dev.scaling.ReplicaSelector;

/**
 * How work is routed.
 *
 * @param selector chooses among the replicas
 * @param nonTransactionalReads whether work outside of transactions may go to replicas
 * @param releaseOnClose whether a physical connection is kept until the logical one is
 * closed, instead of the end of the transaction
 * @param autoCommit whether connections are in auto-commit mode when they are taken
 * @param serializable whether transactions are serializable where nothing else is said
 * @param acquisitionTimeout how long a read may wait for a connection to any replica
 * @param listener is told of each decision
 * @since 0.1.0
 */
public record RoutingOptions(ReplicaSelector selector, boolean nonTransactionalReads, boolean releaseOnClose,
		boolean autoCommit, boolean serializable, Duration acquisitionTimeout, RoutingListener listener) {

}
