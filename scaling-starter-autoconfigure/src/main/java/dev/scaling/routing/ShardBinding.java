package dev.scaling.routing;

import dev.scaling.ShardLocation;
import org.jspecify.annotations.Nullable;

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
		TransactionSynchronizationManager.registerSynchronization(new Unbinding(resource));
	}

	/**
	 * Takes the place of the shard that the current transaction had before.
	 */
	void rebind(Object resource) {
		TransactionSynchronizationManager.unbindResource(resource);
		TransactionSynchronizationManager.bindResource(resource, this);
	}

	/**
	 * Whether the shard was chosen for a key that has moved.
	 */
	boolean isFor(@Nullable MovedKey moved) {
		return moved != null && moved.keyspace().equals(this.location.keyspace())
				&& moved.key().equals(String.valueOf(this.location.key()));
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
	private static final class Unbinding implements TransactionSynchronization {

		private final Object resource;

		private @Nullable Object suspended;

		Unbinding(Object resource) {
			this.resource = resource;
		}

		@Override
		public void suspend() {
			this.suspended = TransactionSynchronizationManager.unbindResourceIfPossible(this.resource);
		}

		@Override
		public void resume() {
			if (this.suspended != null) {
				TransactionSynchronizationManager.bindResource(this.resource, this.suspended);
			}
		}

		@Override
		public void afterCompletion(int status) {
			TransactionSynchronizationManager.unbindResourceIfPossible(this.resource);
		}

	}

}
