package dev.scaling.pool;

/**
 * What happens if all instances together may take more connections than a server has.
 *
 * @since 0.1.0
 */
public enum BudgetMode {

	/**
	 * A warning tells so.
	 */
	WARN,

	/**
	 * The pools of this instance are made as small as its share of the server, and grow
	 * again as other instances go.
	 */
	FIT,

	/**
	 * The application does not start.
	 */
	FAIL

}
