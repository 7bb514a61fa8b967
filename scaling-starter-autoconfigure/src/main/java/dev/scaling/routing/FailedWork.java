package dev.scaling.routing;

import java.sql.SQLException;

import dev.scaling.Access;
import dev.scaling.NodeUnavailableException;
import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.ShardMovedException;
import dev.scaling.TransactionOutcomeUnknownException;
import org.jspecify.annotations.Nullable;

/**
 * Says what became of work that failed on a node, and what to do.
 *
 * @param pool the pool of the node
 * @param reason why the work was there
 * @param autoCommit whether it had no transaction
 */
record FailedWork(NodePool pool, RoutingReason reason, boolean autoCommit) {

	/**
	 * A commit that the server may or may not have done.
	 */
	TransactionOutcomeUnknownException outcomeUnknown(SQLException ex, boolean aborted) {
		String why = aborted ? ", which was aborted (" + this.pool.abortReason() + ")" : "";
		return new TransactionOutcomeUnknownException("The connection to " + node() + " was lost during the commit"
				+ TransactionName.ofMethod() + why
				+ ": nobody knows whether the transaction has been committed; read what it has written before you repeat it",
				ex);
	}

	/**
	 * Work that was interrupted, because its node is not to be used any more.
	 */
	SQLException aborted(SQLException ex) {
		if (ex instanceof NodeUnavailableException) {
			return ex;
		}
		String what = "The work on " + node() + TransactionName.ofMethod() + " was aborted, because "
				+ this.pool.abortReason();
		if (this.autoCommit && this.reason.access() == Access.WRITE) {
			return new TransactionOutcomeUnknownException(what + ": nobody knows whether its last statement has been"
					+ " committed; read what it has written before you repeat it", ex);
		}
		return new NodeUnavailableException(
				what + ": the transaction was not committed, and may be repeated as a whole", ex);
	}

	/**
	 * Work on a key that the shard does not own any more.
	 */
	ShardMovedException moved(SQLException ex, @Nullable MovedKey moved) {
		if (moved == null) {
			return new ShardMovedException(node() + " has refused the work" + TransactionName.ofMethod()
					+ ", because it does not own the key any more (" + ex.getMessage()
					+ "): nothing was committed, repeat the transaction as a whole", null, null, null, ex);
		}
		return new ShardMovedException(
				"Key '" + moved.key() + "' of keyspace '" + moved.keyspace() + "' moves from " + node() + " to shard '"
						+ moved.shard() + "', or has done so: the work" + TransactionName.ofMethod()
						+ " was refused there, and nothing of it was committed; repeat the transaction as a whole",
				moved.keyspace(), moved.key(), moved.shard(), ex);
	}

	/**
	 * A write that the server refuses.
	 */
	ReadOnlyTransactionException refusedWrite(SQLException ex) {
		if (this.reason.access() == Access.WRITE) {
			return new ReadOnlyTransactionException("Node " + node() + ", which was the primary, refuses to write ("
					+ ex.getMessage()
					+ "): it has become a standby, or default_transaction_read_only is set on it; the transaction was"
					+ " not committed, and may be repeated", ex);
		}
		String transaction = this.autoCommit ? "Work outside of a transaction, routed as '" + this.reason.tag() + "',"
				: "The read-only transaction" + TransactionName.ofMethod();
		String cure = this.autoCommit
				? "run it in a read-write transaction, or on a new connection in RoutingContext.write()"
				: "declare that method without readOnly = true, or write in a transaction of its own (REQUIRES_NEW)";
		return new ReadOnlyTransactionException(
				transaction + " on " + node() + " cannot write (" + ex.getMessage() + "): " + cure, ex);
	}

	/**
	 * Work for the primary on a connection that cannot leave a replica.
	 */
	ReadOnlyTransactionException cannotLeave(@Nullable Pin pin) {
		String what = (this.reason.access() == Access.WRITE) ? "A read-write transaction"
				: "Work for the primary (" + this.reason.tag() + ")";
		String why = (pin != null) ? pin.description() : "a statement of it is open";
		return new ReadOnlyTransactionException(what + TransactionName.ofMethod()
				+ " cannot run on a connection that stays with the replica " + node() + ", because " + why
				+ ": close the connection before the transaction, or run what came first in a read-write transaction,"
				+ " too", null);
	}

	private String node() {
		return this.pool.node().id();
	}

}
