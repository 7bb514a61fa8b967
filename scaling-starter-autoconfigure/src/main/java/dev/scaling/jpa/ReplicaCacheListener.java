package dev.scaling.jpa;

import java.util.List;
import java.util.function.Supplier;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.CacheMode;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * Keeps what read-only transactions read, possibly from a lagging replica, out of the
 * second-level cache, where it would be taken for the latest state. They still read from
 * the cache.
 *
 * @since 0.1.0
 */
public final class ReplicaCacheListener implements TransactionExecutionListener {

	private final Supplier<List<EntityManagerFactory>> factories;

	/**
	 * Creates a listener.
	 * @param factories gives the factories with a second-level cache; called once, when
	 * the first transaction begins
	 */
	public ReplicaCacheListener(Supplier<List<EntityManagerFactory>> factories) {
		this.factories = SingletonSupplier.of(factories);
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
		if (beginFailure != null || !transaction.isNewTransaction()) {
			return;
		}
		for (EntityManagerFactory factory : this.factories.get()) {
			if (TransactionSynchronizationManager.getResource(factory) instanceof EntityManagerHolder holder) {
				restrict(holder.getEntityManager().unwrap(SharedSessionContractImplementor.class),
						transaction.isReadOnly());
			}
		}
	}

	private static void restrict(SharedSessionContractImplementor session, boolean readOnly) {
		CacheMode from = readOnly ? CacheMode.NORMAL : CacheMode.GET;
		if (session.getCacheMode() == from) {
			session.setCacheMode(readOnly ? CacheMode.GET : CacheMode.NORMAL);
		}
	}

}
