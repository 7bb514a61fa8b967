package dev.scaling.topology;

/**
 * How long the pooler between the application and a node, such as PgBouncer, lends one of
 * its connections to a client.
 *
 * @since 0.1.0
 */
public enum PoolerMode {

	/**
	 * There is no pooler.
	 */
	NONE,

	/**
	 * Until the client disconnects: the client has a session of its own.
	 */
	SESSION,

	/**
	 * For a transaction.
	 */
	TRANSACTION,

	/**
	 * For a statement: there are no transactions of several statements.
	 */
	STATEMENT;

	/**
	 * Whether a session is lent to one client after the other, so that what one leaves on
	 * it reaches another.
	 * @return {@code true} for {@link #TRANSACTION} and {@link #STATEMENT}
	 */
	public boolean isShared() {
		return this == TRANSACTION || this == STATEMENT;
	}

}
