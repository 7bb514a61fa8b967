package dev.scaling.pool;

/**
 * What a {@link ConnectionBudget} has come to.
 *
 * @since 0.1.0
 */
public enum BudgetVerdict {

	/**
	 * All instances fit, and so does one more.
	 */
	FITS,

	/**
	 * All instances fit as their pools were made smaller, and so does one more.
	 */
	FITTED,

	/**
	 * All instances fit, but one more does not.
	 */
	TIGHT,

	/**
	 * The instances may take more connections than the server has.
	 */
	EXCEEDED

}
