package dev.scaling.insight;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Tells {@link RepeatedQueries} of transactions.
 *
 * @since 0.1.0
 */
public final class RepeatedQueriesTransactionListener implements TransactionExecutionListener {

	private final RepeatedQueries queries;

	/**
	 * Creates a listener.
	 * @param queries who is told
	 */
	public RepeatedQueriesTransactionListener(RepeatedQueries queries) {
		this.queries = queries;
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
		if (beginFailure == null) {
			this.queries.begin();
		}
	}

	@Override
	public void afterCommit(TransactionExecution transaction, @Nullable Throwable commitFailure) {
		this.queries.end(transaction, RepeatedQueriesTransactionListener::name);
	}

	@Override
	public void afterRollback(TransactionExecution transaction, @Nullable Throwable rollbackFailure) {
		this.queries.end(transaction, RepeatedQueriesTransactionListener::name);
	}

	private static String name(TransactionExecution transaction) {
		String name = transaction.getTransactionName();
		return "transaction" + (name.isEmpty() ? "" : " " + name);
	}

}
