package dev.scaling.consistency.servlet;

/**
 * What becomes of a token that a client has sent.
 *
 * @since 0.1.0
 */
public enum TokenResult {

	/**
	 * The session of the request goes on from there.
	 */
	ACCEPTED,

	/**
	 * It is so old that all replicas in use have what it stands for, and says nothing any
	 * more.
	 */
	EXPIRED,

	/**
	 * It is no token of ours, and is taken for one that says that the client has written
	 * somewhere.
	 */
	UNREADABLE

}
