package dev.scaling;

/**
 * What a piece of work does to the data.
 *
 * @since 0.1.0
 */
public enum Access {

	/**
	 * Reads only: any node that is fresh enough may serve it.
	 */
	READ,

	/**
	 * Writes, or may write: only the primary may serve it.
	 */
	WRITE

}
