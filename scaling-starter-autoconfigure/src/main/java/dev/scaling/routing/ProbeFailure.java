package dev.scaling.routing;

/**
 * Why a probe got no reading.
 *
 * @param message what failed
 * @param kind how
 * @since 0.1.0
 */
public record ProbeFailure(String message, Kind kind) {

	/**
	 * How a probe has failed.
	 */
	public enum Kind {

		/**
		 * Nobody listens, or the connection broke.
		 */
		DOWN,

		/**
		 * There was no answer in time: the server hangs, or is just very busy.
		 */
		TIMEOUT,

		/**
		 * The server answered, and refused the monitor: it works for others, maybe.
		 */
		REFUSED

	}

}
