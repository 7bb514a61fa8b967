package dev.scaling.routing;

import java.time.Duration;

import dev.scaling.ReplicaSelector;
import dev.scaling.consistency.ConsistencyMode;
import org.jspecify.annotations.Nullable;

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
 * @param failoverWait how long work may wait for a primary to appear
 * @param whenAllLag what happens to reads while all replicas lag
 * @param consistency what keeps sessions from stale reads
 * @param consistencyWindow how long reads go to the primary after a write of their
 * session, in {@link ConsistencyMode#WINDOW}
 * @param consistencyWait how long a read may wait for a replica that is fresh enough
 * @param listener is told of each decision
 * @param statementListener is told of each execution of a statement, or {@code null} if
 * nobody wants to know
 * @param primaryLimits how long work on a primary may take
 * @param replicaLimits how long work on a replica may take
 * @since 0.1.0
 */
public record RoutingOptions(ReplicaSelector selector, boolean nonTransactionalReads, boolean releaseOnClose,
		boolean autoCommit, boolean serializable, Duration acquisitionTimeout, Duration failoverWait,
		WhenAllLag whenAllLag, ConsistencyMode consistency, Duration consistencyWindow, Duration consistencyWait,
		RoutingListener listener, @Nullable StatementListener statementListener, TimeLimits primaryLimits,
		TimeLimits replicaLimits) {

	/**
	 * What happens to reads while all replicas lag.
	 */
	public enum WhenAllLag {

		/**
		 * The primary serves them.
		 */
		PRIMARY,

		/**
		 * The replicas serve them nevertheless, but never below what a session has
		 * written or seen.
		 */
		STALE,

		/**
		 * They fail.
		 */
		FAIL

	}

}
