package dev.scaling.routing;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The name of the thread's transaction, which is the method that began it unless somebody
 * gave it another one.
 */
final class TransactionName {

	private static final String UNNAMED = "work without the name of a transaction";

	private TransactionName() {
	}

	/**
	 * The name for a list of those who hold connections.
	 */
	static String ofHolder() {
		String name = TransactionSynchronizationManager.getCurrentTransactionName();
		return (name != null) ? name : UNNAMED;
	}

	/**
	 * The name within a sentence: empty without one.
	 */
	static String ofMethod() {
		String name = TransactionSynchronizationManager.getCurrentTransactionName();
		return (name != null) ? " of " + name : "";
	}

}
