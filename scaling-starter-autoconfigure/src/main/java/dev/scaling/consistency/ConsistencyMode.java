package dev.scaling.consistency;

/**
 * What keeps a session from reading data older than its own writes.
 *
 * @since 0.1.0
 */
public enum ConsistencyMode {

	/**
	 * Reads go to replicas that have replayed what the session has written and seen.
	 */
	SESSION,

	/**
	 * Reads go to the primary for a fixed time after a write.
	 */
	WINDOW,

	/**
	 * Nothing.
	 */
	NONE

}
