package dev.scaling;

/**
 * How fresh a read has to be.
 *
 * @since 0.1.0
 * @see ReadConsistency
 */
public enum ConsistencyLevel {

	/**
	 * Reads the latest committed data: from the primary.
	 */
	STRONG,

	/**
	 * Sees whatever the session has written or seen before, on whichever node: the
	 * default.
	 */
	SESSION,

	/**
	 * May be stale by a given time, whatever the session has done.
	 */
	BOUNDED,

	/**
	 * May come from any replica within the lag limits, whatever the session has done.
	 */
	EVENTUAL

}
