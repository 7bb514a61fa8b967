package dev.scaling.starter.failover.checker;

/**
 * What can happen to the primary.
 */
enum PrimaryFault {

	NONE,

	/**
	 * It crashes and is started again.
	 */
	CRASH,

	/**
	 * It does not answer for a while.
	 */
	FREEZE,

	/**
	 * It crashes, and the most advanced replica is promoted.
	 */
	CRASH_AND_PROMOTION,

	/**
	 * It does not answer, the most advanced replica is promoted, and then the former
	 * primary answers again.
	 */
	FREEZE_AND_PROMOTION;

	boolean isPromotion() {
		return this == CRASH_AND_PROMOTION || this == FREEZE_AND_PROMOTION;
	}

}
