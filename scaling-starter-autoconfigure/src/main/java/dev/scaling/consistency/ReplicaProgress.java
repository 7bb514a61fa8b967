package dev.scaling.consistency;

import dev.scaling.topology.Lag;
import org.jspecify.annotations.Nullable;

/**
 * What a replica has replayed, in terms that a session's position can be compared with.
 * Immutable.
 *
 * @param coveredEpoch the replica has replayed everything that had been committed on the
 * primary in a smaller epoch; 0 if nothing is known
 * @param coveredNanoTime the latest moment of which the replica has replayed everything
 * that had been flushed on the primary, in {@link System#nanoTime()}
 * @param position the position up to which it has replayed, 0 if unknown
 * @param lag how far it was behind when it was asked, or {@code null} if unknown
 * @param restartEpoch the epoch in which its server was first seen after a restart, 0 if
 * it has not been restarted: what it sees since says nothing about what it has shown
 * before
 * @param epochs the epochs of the latest probes, in ascending order
 * @param positions the positions that these probes saw
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent")
public record ReplicaProgress(long coveredEpoch, long coveredNanoTime, long position, @Nullable Lag lag,
		long restartEpoch, long[] epochs, long[] positions) {

	/**
	 * Nothing is known of the replica.
	 */
	public static final ReplicaProgress UNKNOWN = new ReplicaProgress(0, 0, 0, null, 0, new long[0], new long[0]);

	/**
	 * The replica is taken for as fresh as the primary, as where nobody watches.
	 */
	public static final ReplicaProgress UNWATCHED = new ReplicaProgress(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE,
			Lag.NONE, 0, new long[0], new long[0]);

	/**
	 * The position of the first probe after the given mark.
	 * @param mark an epoch
	 * @return the position, or -1 if there was no probe since
	 */
	public long positionAfter(long mark) {
		for (int i = 0; i < this.epochs.length; i++) {
			if (this.epochs[i] > mark) {
				return this.positions[i];
			}
		}
		return -1;
	}

}
