package dev.scaling.routing;

/**
 * Why a logical connection keeps its physical connection until it is closed, and what has
 * to happen to the physical one then. Later constants outrank earlier ones.
 */
enum Pin {

	/**
	 * {@code scaling.routing.release} is {@code close}.
	 */
	RELEASE_ON_CLOSE("scaling.routing.release is 'close'", Cleaning.NONE),

	/**
	 * Statements ran before the transaction, as those that set a tenant do.
	 */
	SESSION_SETUP("statements ran on it before the transaction (session set-up)", Cleaning.RESET),

	/**
	 * A statement left state on the session.
	 */
	SESSION_STATE("a statement left state on its session", Cleaning.RESET),

	/**
	 * A statement prepared or deallocated statements of the session by name.
	 */
	PREPARED("a statement changed the prepared statements of its session", Cleaning.EVICT),

	/**
	 * A statement began a transaction that JDBC does not know of.
	 */
	TRANSACTION("a statement began a transaction on it", Cleaning.EVICT),

	/**
	 * The driver's connection is in the caller's hands.
	 */
	UNWRAPPED("it was unwrapped", Cleaning.EVICT);

	private final String description;

	private final Cleaning cleaning;

	Pin(String description, Cleaning cleaning) {
		this.description = description;
		this.cleaning = cleaning;
	}

	String description() {
		return this.description;
	}

	Cleaning cleaning() {
		return this.cleaning;
	}

	/**
	 * What has to happen to a physical connection before another borrower gets it.
	 */
	enum Cleaning {

		/**
		 * Nothing.
		 */
		NONE,

		/**
		 * Session state is reset, prepared statements stay.
		 */
		RESET,

		/**
		 * It is closed for good.
		 */
		EVICT

	}

}
