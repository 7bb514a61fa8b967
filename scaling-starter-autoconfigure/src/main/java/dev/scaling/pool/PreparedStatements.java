package dev.scaling.pool;

/**
 * Whether the driver may prepare statements on the server through a pooler that lends its
 * sessions to one client after the other.
 *
 * @since 0.1.0
 */
public enum PreparedStatements {

	/**
	 * Where the pooler keeps track of them: each new connection in transaction mode is
	 * asked. In statement mode they are off, because asking would leave one behind.
	 */
	AUTO,

	/**
	 * They may be prepared: the pooler is known to keep track of them.
	 */
	ON,

	/**
	 * Nothing is prepared, and the server plans each execution.
	 */
	OFF

}
