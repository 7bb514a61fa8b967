package dev.scaling.routing;

import java.time.Duration;

/**
 * What the nodes of a cluster are judged by.
 *
 * @param maxLag a replica that is further behind is given no work
 * @param maxLagBytes a replica that is more bytes of WAL behind is given no work
 * @param tokenTtl how long the token of another process counts
 * @param abortAfter how long a node may not answer before the work in flight on it is
 * aborted
 * @param staleAfter how old the last probe of the primary may be when a write relies on
 * it
 * @since 0.1.0
 */
public record TopologyOptions(Duration maxLag, long maxLagBytes, Duration tokenTtl, Duration abortAfter,
		Duration staleAfter) {

}
