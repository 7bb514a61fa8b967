package dev.scaling.topology;

/**
 * Whether a node is given work, and if not, why. The first state that applies holds.
 *
 * @since 0.1.0
 */
public enum NodeState {

	/**
	 * Taken out of use by the operator. Only the operator puts it back.
	 */
	DRAINED,

	/**
	 * Not to be trusted: deposed, diverged, one of two primaries, or a server of another
	 * cluster.
	 */
	FENCED,

	/**
	 * Not seen by a probe yet.
	 */
	UNSEEN,

	/**
	 * The last probe got no answer.
	 */
	UNREACHABLE,

	/**
	 * Left alone after a failed connection, until a probe has reached it again and its
	 * back-off has passed.
	 */
	EJECTED,

	/**
	 * Too far behind the primary, or by an unknown amount.
	 */
	LAGGING,

	/**
	 * Given work.
	 */
	UP

}
