package dev.scaling.topology;

/**
 * Role of a node in its cluster.
 *
 * @since 0.1.0
 */
public enum NodeRole {

	/**
	 * Takes the writes.
	 */
	PRIMARY,

	/**
	 * Follows the primary by streaming replication and serves reads.
	 */
	REPLICA

}
