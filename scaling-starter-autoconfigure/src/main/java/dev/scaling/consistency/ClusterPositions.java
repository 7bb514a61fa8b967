package dev.scaling.consistency;

import java.sql.SQLException;
import java.time.Duration;

/**
 * How far a cluster's primary has written, as sessions need it. Thread-safe.
 *
 * @since 0.1.0
 */
public interface ClusterPositions {

	/**
	 * Name of the cluster.
	 * @return the name, such as {@code main}
	 */
	String cluster();

	/**
	 * Whether nobody works with the cluster any more, as after its application has
	 * stopped.
	 * @return {@code true} if sessions may forget it
	 */
	boolean isClosed();

	/**
	 * The identifier that all servers of the cluster share: positions of other clusters
	 * of the same name are not comparable.
	 * @return the system identifier as PostgreSQL has it, 0 if unknown
	 */
	default long systemIdentifier() {
		return 0;
	}

	/**
	 * The number of the last probe that was sent to any node of the cluster: what a probe
	 * of a greater epoch sees on a node includes all that happened there before this
	 * call. Costs one volatile read.
	 * @return the epoch
	 */
	long epoch();

	/**
	 * How long a token of another process counts: longer than any replica that is given
	 * work can be behind.
	 * @return the time to live
	 */
	Duration tokenTtl();

	/**
	 * The timeline of the current primary.
	 * @return the timeline, 0 if unknown
	 */
	int timeline();

	/**
	 * The position that bounds what was committed on the primary by the given mark.
	 * @param mark an epoch
	 * @return the insert position of the first probe of the primary after the mark, or -1
	 * if there was none
	 */
	long insertPositionAfter(long mark);

	/**
	 * How far the primary had written when it was last probed.
	 * @return the insert position, 0 if there was no probe
	 */
	long latestInsertPosition();

	/**
	 * Asks the primary how far it has written.
	 * @return the insert position
	 * @throws SQLException if it does not answer
	 */
	long currentInsertPosition() throws SQLException;

	/**
	 * Whether a position of an older timeline got lost when the current one was made.
	 * @param timeline the timeline of the position
	 * @param position the position
	 * @return {@code true} if the current primary is known not to have it
	 */
	boolean isLost(int timeline, long position);

	/**
	 * Counts and reports a position that got lost.
	 * @param timeline the timeline of the position
	 * @param position the position
	 */
	void lost(int timeline, long position);

}
