package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.scaling.RoutingContext.Work;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Work that one thread hands to another one: its reads are as fresh as the method wants
 * that hands it over, and it may be given up. What it executes on a server at that moment
 * is cancelled there, and it executes nothing any more. Thread-safe; for one call.
 *
 * @since 0.1.0
 */
public final class DelegatedWork {

	private static final Log logger = LogFactory.getLog(DelegatedWork.class);

	private static final String QUERY_CANCELED = "57014";

	/**
	 * A request that overtakes its statement is ignored by the server, so it is repeated.
	 */
	private static final long REPEAT_MILLISECONDS = 250;

	/**
	 * How long the server may take to end the statement before its connection is closed.
	 */
	private static final long GRACE = TimeUnit.SECONDS.toNanos(2);

	private final @Nullable Freshness freshness = RouteState.current().freshness;

	private @Nullable Connection executing;

	/**
	 * The connection that a request to cancel was sent for: it may come late, and must
	 * not meet the next borrower.
	 */
	private @Nullable Connection cancelled;

	private boolean committing;

	private boolean givenUp;

	/**
	 * Does the work in the calling thread.
	 * @param work the work
	 * @param <T> the type of the result
	 * @param <E> the type of the exception that the work may throw
	 * @return the result of the work, can be {@code null}
	 * @throws E if the work throws it
	 */
	public <T extends @Nullable Object, E extends Exception> T call(Work<T, E> work) throws E {
		RouteState state = RouteState.current();
		DelegatedWork outerWork = state.work;
		Freshness outerFreshness = state.freshness;
		state.work = this;
		state.freshness = this.freshness;
		try {
			return work.call();
		}
		finally {
			state.work = outerWork;
			state.freshness = outerFreshness;
		}
	}

	/**
	 * Gives the work up.
	 * @param executor runs what cancels the statement on its server, if there is one:
	 * that takes 12 seconds at most with the driver's defaults
	 * @return whether the thread of the work may be interrupted: it executes no statement
	 * and no commit, in which an interrupt costs a virtual thread its connection
	 */
	public synchronized boolean giveUp(Executor executor) {
		this.givenUp = true;
		Connection connection = this.executing;
		if (connection != null) {
			this.cancelled = connection;
			try {
				executor.execute(() -> cancel(connection));
			}
			catch (RejectedExecutionException ex) {
				logger.debug("A statement could not be cancelled", ex);
			}
		}
		return connection == null && !this.committing;
	}

	/**
	 * A statement is about to be executed.
	 */
	synchronized void begin(Connection driver) throws SQLException {
		if (this.givenUp) {
			throw new SQLException("The work on this shard was given up, because its time is over, or because another"
					+ " shard has failed", QUERY_CANCELED);
		}
		this.executing = driver;
	}

	synchronized void end() {
		this.executing = null;
		if (this.cancelled != null) {
			notifyAll();
		}
	}

	/**
	 * A commit is never cancelled.
	 */
	synchronized void committing(boolean committing) {
		this.committing = committing;
	}

	synchronized boolean isGivenUp() {
		return this.givenUp;
	}

	synchronized boolean isCancelled(@Nullable Connection driver) {
		return driver != null && driver == this.cancelled;
	}

	private void cancel(Connection connection) {
		long start = System.nanoTime();
		try {
			PGConnection driver = connection.unwrap(PGConnection.class);
			do {
				driver.cancelQuery();
			}
			while (!awaitEnd(connection) && System.nanoTime() - start < GRACE);
		}
		catch (SQLException ex) {
			logger.debug("A statement could not be cancelled", ex);
		}
		abort(connection);
	}

	private synchronized boolean awaitEnd(Connection connection) {
		try {
			if (this.executing == connection) {
				wait(REPEAT_MILLISECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
		return this.executing != connection;
	}

	/**
	 * The thread gets away from a server that does not answer.
	 */
	private void abort(Connection connection) {
		synchronized (this) {
			if (this.executing != connection) {
				return;
			}
		}
		try {
			connection.abort(Runnable::run);
		}
		catch (SQLException ex) {
			logger.debug("A connection could not be aborted", ex);
		}
	}

}
