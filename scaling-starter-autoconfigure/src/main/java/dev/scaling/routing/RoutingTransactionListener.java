package dev.scaling.routing;

import dev.scaling.Access;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Tells the router what a transaction is going to do before its transaction manager takes
 * a connection, because Spring publishes the read-only flag only afterwards: a proxy that
 * touches the connection early would send reads to the primary otherwise.
 *
 * @since 0.1.0
 */
public final class RoutingTransactionListener implements TransactionExecutionListener {

	@Override
	public void beforeBegin(TransactionExecution transaction) {
		if (transaction.isNewTransaction()) {
			RouteState.current().beginning = transaction.isReadOnly() ? Access.READ : Access.WRITE;
		}
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
		if (transaction.isNewTransaction()) {
			RouteState.current().beginning = null;
		}
	}

}
