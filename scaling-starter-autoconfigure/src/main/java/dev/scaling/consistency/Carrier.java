package dev.scaling.consistency;

/**
 * What carries the token of a session from one HTTP request of a client to its next one.
 *
 * @since 0.1.0
 */
public enum Carrier {

	/**
	 * A cookie, which browsers send back by themselves.
	 */
	COOKIE,

	/**
	 * A header, which the client has to send back.
	 */
	HEADER,

	/**
	 * Nothing: a session ends with its request.
	 */
	NONE

}
