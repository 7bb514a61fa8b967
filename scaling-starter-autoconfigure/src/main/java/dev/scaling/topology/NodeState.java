package dev.scaling.topology;

/**
 * Whether a node is given work.
 *
 * @since 0.1.0
 */
public enum NodeState {

	/**
	 * Given work.
	 */
	UP,

	/**
	 * Left alone after a failure, until a probe has reached it again.
	 */
	EJECTED

}
