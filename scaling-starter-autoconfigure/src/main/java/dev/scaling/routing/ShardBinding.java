package dev.scaling.routing;

import dev.scaling.ShardLocation;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The shard that a transaction or a connection has come to, and may not leave.
 *
 * @param location the shard, and the key that led there
 * @param caller the method or transaction that used the key
 */
record ShardBinding(ShardLocation location, String caller) {

	/**
	 * Keeps the current transaction on the shard until it is completed: what JPA writes
	 * at the commit belongs there, too, although no method with a key runs any more.
	 */
	void bind(Object resource) {
		TransactionSynchronizationManager.bindResource(resource, this);
		TransactionSynchronizationManager.registerSynchronization(new Unbinding(resource, this));
	}

	boolean isAt(String shard) {
		return this.location.shard().equals(shard);
	}

	@Override
	public String toString() {
		return this.location + " in " + this.caller;
	}

	/**
	 * Unbinds after the completion, and while the transaction is suspended.
	 */
	private record Unbinding(Object resource, ShardBinding binding) implements TransactionSynchronization {

		@Override
		public void suspend() {
			TransactionSynchronizationManager.unbindResourceIfPossible(this.resource);
		}

		@Override
		public void resume() {
			TransactionSynchronizationManager.bindResource(this.resource, this.binding);
		}

		@Override
		public void afterCompletion(int status) {
			TransactionSynchronizationManager.unbindResourceIfPossible(this.resource);
		}

	}

}
