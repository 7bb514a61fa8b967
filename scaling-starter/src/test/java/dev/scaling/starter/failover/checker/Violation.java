package dev.scaling.starter.failover.checker;

/**
 * A promise that was broken.
 *
 * @param promise the promise
 * @param description what has happened instead
 */
record Violation(Promise promise, String description) {

	/**
	 * What sessions and failover promise while no WAL is lost.
	 */
	enum Promise {

		/**
		 * A session sees what it has written, or what the session has whose token it got.
		 */
		READ_YOUR_WRITES,

		/**
		 * A session never sees less than it has seen.
		 */
		MONOTONIC_READS,

		/**
		 * What was acknowledged is there in the end.
		 */
		DURABLE_WRITES,

		/**
		 * What failed with the promise that nothing was committed is not there.
		 */
		REFUSED_WRITES,

		/**
		 * What was read is there in the end: no read was served by a server that has
		 * another history.
		 */
		ONE_HISTORY,

		/**
		 * Once a write has been acknowledged on a timeline, none is on an older one.
		 */
		FENCING

	}

}
