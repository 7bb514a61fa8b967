package dev.scaling.monitor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.ProbeFailure;
import dev.scaling.topology.NodeReading;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Probes one node: on a connection and a thread of its own, never more than one probe at
 * a time. A probe is over after the timeout, even if its thread still hangs: then the
 * timer's thread reports it, and ends the connection. The thread comes back when the
 * driver gives up; until then no other probe is sent, and each round says that the node
 * still does not answer.
 */
final class NodeProbe {

	/**
	 * A timer that comes so late tells that this process was suspended, not the server.
	 */
	private static final long SUSPENDED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final Log logger = LogFactory.getLog(NodeProbe.class);

	private final LiveTopology topology;

	private final NodePool pool;

	private final ProbeConnector connector;

	private final Duration timeout;

	private final InstanceCounter counter;

	private final LimitsReader limits;

	private final ProbePace pace;

	private final ScheduledExecutorService timer;

	private final Runnable reported;

	private final ThreadPoolExecutor worker;

	/**
	 * Used by the thread of the running probe only.
	 */
	private @Nullable Connection connection;

	/**
	 * What the network time-out of that connection was.
	 */
	private int networkTimeout;

	/**
	 * Whether the user has been told that the node refuses the monitor. Used by the
	 * thread of the running probe only.
	 */
	private boolean refused;

	private @Nullable Attempt running;

	private boolean scheduled;

	private boolean requested;

	private boolean stopped;

	private long lastStart;

	/**
	 * Creates the probe of a node.
	 * @param reported called after each report
	 */
	NodeProbe(LiveTopology topology, NodePool pool, ProbeConnector connector, Duration timeout, InstanceCounter counter,
			LimitsReader limits, ProbePace pace, ScheduledExecutorService timer, ThreadFactory threadFactory,
			Runnable reported) {
		this.topology = topology;
		this.pool = pool;
		this.connector = connector;
		this.timeout = timeout;
		this.counter = counter;
		this.limits = limits;
		this.pace = pace;
		this.timer = timer;
		this.reported = reported;
		this.lastStart = System.nanoTime() - pace.pauseNanos();
		this.worker = new ThreadPoolExecutor(1, 1, 0, TimeUnit.NANOSECONDS, new ArrayBlockingQueue<>(1), threadFactory);
	}

	/**
	 * Probes the node now, or as soon as it is allowed to. While a probe runs, one more
	 * follows it, however many have asked.
	 */
	synchronized void request() {
		if (this.running != null) {
			this.requested = true;
		}
		else {
			schedule();
		}
	}

	/**
	 * Probes the node, unless a probe is running.
	 */
	void round() {
		Attempt hanging;
		synchronized (this) {
			if (this.running == null) {
				schedule();
				return;
			}
			if (!this.running.join()) {
				return;
			}
			hanging = this.running;
		}
		hanging.reportAgain();
	}

	private void schedule() {
		if (this.scheduled || this.stopped) {
			return;
		}
		this.scheduled = true;
		long wait = this.lastStart + this.pace.pauseNanos() - System.nanoTime();
		if (wait > 0) {
			this.timer.schedule(this::start, wait, TimeUnit.NANOSECONDS);
		}
		else {
			start();
		}
	}

	private synchronized void start() {
		this.scheduled = false;
		if (this.stopped) {
			return;
		}
		this.requested = false;
		this.lastStart = System.nanoTime();
		Attempt attempt = new Attempt(this.lastStart);
		this.running = attempt;
		attempt.awaitDeadline(this.timeout.toNanos());
		this.worker.execute(attempt);
	}

	private synchronized void ended() {
		this.running = null;
		if (this.stopped) {
			close();
		}
		else if (this.requested) {
			schedule();
		}
	}

	/**
	 * Ends the probing and the connection, without waiting for anybody.
	 */
	synchronized void stop() {
		this.stopped = true;
		boolean begun = this.worker.shutdownNow().isEmpty();
		if (this.running != null) {
			this.running.cancel();
		}
		if (this.running == null || !begun) {
			close();
		}
	}

	private void connect() throws SQLException {
		Connection connection = this.connector.connect(this.counter.applicationName(), this.timeout);
		try {
			// The deadline of the probe comes first; this is for a thread that nobody
			// waits for any more.
			this.networkTimeout = connection.getNetworkTimeout();
			connection.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, 2 * this.timeout.toMillis()));
			this.connection = connection;
		}
		finally {
			if (this.connection == null) {
				close(connection);
			}
		}
	}

	private void close() {
		Connection connection = this.connection;
		this.connection = null;
		if (connection != null) {
			giveBack(connection);
			close(connection);
		}
	}

	/**
	 * Not every pool resets the time-out of a connection that comes back.
	 */
	private void giveBack(Connection connection) {
		if (this.connector.isShared()) {
			try {
				connection.setNetworkTimeout(Runnable::run, this.networkTimeout);
			}
			catch (SQLException | RuntimeException ex) {
				abort(connection);
			}
		}
	}

	private static void close(Connection connection) {
		try {
			connection.close();
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("Connection of the monitor could not be closed", ex);
		}
	}

	private static void abort(Connection connection) {
		try {
			connection.abort(Runnable::run);
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("Connection of the monitor could not be aborted", ex);
		}
	}

	private boolean isCountingInstances(NodeReading reading) {
		return !reading.inRecovery() && this.counter.isDue()
				&& this.topology.primary().filter((primary) -> primary == this.pool).isPresent();
	}

	private void warnOnce(SQLException ex, ProbeFailure failure) {
		if (!this.refused) {
			this.refused = true;
			logger.warn("Node " + this.pool.node().id() + " refuses the monitor of cluster " + this.topology.cluster()
					+ " (SQLSTATE " + ex.getSQLState() + "): " + failure.message()
					+ ". It cannot be told how the node is: " + ProbeFailures.cure(ex.getSQLState()));
		}
	}

	/**
	 * One probe. It ends with the last of those who have to do with it: the thread that
	 * probes, and the one that reports that it hangs.
	 */
	private final class Attempt implements Runnable {

		private final long start;

		private int participants = 1;

		/**
		 * Whether somebody reports the result, or has done so.
		 */
		private boolean over;

		private boolean late;

		private boolean extended;

		private volatile long epoch = NodeProbe.this.topology.beginProbe();

		/**
		 * The connection that waits for an answer.
		 */
		private @Nullable Connection asking;

		private @Nullable Future<?> deadline;

		Attempt(long start) {
			this.start = start;
		}

		void awaitDeadline(long nanos) {
			long due = System.nanoTime() + nanos;
			this.deadline = NodeProbe.this.timer.schedule(() -> expire(due), nanos, TimeUnit.NANOSECONDS);
		}

		@Override
		public void run() {
			try {
				probeAndReport();
			}
			finally {
				if (NodeProbe.this.connector.isShared()) {
					close();
				}
				leave();
			}
		}

		private void probeAndReport() {
			NodeReading reading;
			try {
				reading = probe();
			}
			catch (SQLException | RuntimeException ex) {
				close();
				if (finish()) {
					fail(ex);
				}
				return;
			}
			if (reading != null && finish()) {
				NodeProbe.this.pool.answeredProbes().add(System.nanoTime() - this.start);
				NodeProbe.this.refused = false;
				NodeProbe.this.topology.seen(NodeProbe.this.pool, reading);
				NodeProbe.this.reported.run();
				if (isCountingInstances(reading)) {
					ask("Instances could not be counted", this::count);
				}
				if (NodeProbe.this.limits.isDue()) {
					ask("Connection limits could not be read", NodeProbe.this.limits::read);
				}
				if (!NodeProbe.this.pool.isProbedServer()) {
					// The next probe goes where new connections of the pool go.
					close();
				}
			}
		}

		/**
		 * A connection that was there before may have broken without a fault of the
		 * server, so it is tried again on a new one.
		 */
		private @Nullable NodeReading probe() throws SQLException {
			if (NodeProbe.this.connection != null) {
				try {
					return ask(NodeProbe.this.connection);
				}
				catch (SQLException | RuntimeException ex) {
					close();
					if (isOver()) {
						return null;
					}
					logger.debug("Probing " + NodeProbe.this.pool + " on a new connection", ex);
				}
			}
			connect();
			Connection connection = NodeProbe.this.connection;
			return (connection != null) ? ask(connection) : null;
		}

		/**
		 * A connection that was made too late is kept for the next probe.
		 */
		private @Nullable NodeReading ask(Connection connection) throws SQLException {
			synchronized (NodeProbe.this) {
				if (this.over) {
					return null;
				}
				this.asking = connection;
			}
			long epoch = NodeProbe.this.topology.beginProbe();
			this.epoch = epoch;
			return ProbeQuery.run(connection, epoch);
		}

		private boolean isOver() {
			synchronized (NodeProbe.this) {
				return this.over;
			}
		}

		private boolean finish() {
			synchronized (NodeProbe.this) {
				this.asking = null;
				if (this.over) {
					return false;
				}
				this.over = true;
				if (this.deadline != null) {
					this.deadline.cancel(false);
				}
				return true;
			}
		}

		private void fail(Exception ex) {
			ProbeFailure failure = ProbeFailures.of(ex);
			logger.debug("Probe of " + NodeProbe.this.pool + " failed (" + failure.kind() + ")", ex);
			if (failure.kind() == ProbeFailure.Kind.REFUSED && ex instanceof SQLException sqlException) {
				warnOnce(sqlException, failure);
			}
			NodeProbe.this.pool.failedProbes(failure.kind()).add(System.nanoTime() - this.start);
			NodeProbe.this.topology.failed(NodeProbe.this.pool, this.epoch, failure);
			NodeProbe.this.reported.run();
		}

		private void count(Connection connection) throws SQLException {
			NodePool pool = NodeProbe.this.pool;
			NodeProbe.this.counter.count(connection, pool.poolerMode().isShared() && pool.direct() == null);
		}

		/**
		 * What hangs, as a count on a locked table, ends with its connection.
		 */
		private void ask(String what, Inquiry inquiry) {
			Connection connection = NodeProbe.this.connection;
			if (connection == null) {
				return;
			}
			Future<?> end = NodeProbe.this.timer.schedule(() -> abort(connection), NodeProbe.this.timeout.toNanos(),
					TimeUnit.NANOSECONDS);
			try {
				inquiry.run(connection);
			}
			catch (SQLException | RuntimeException ex) {
				logger.debug(what + " on " + NodeProbe.this.pool, ex);
				close();
			}
			finally {
				end.cancel(false);
			}
		}

		private void expire(long due) {
			Connection asking;
			synchronized (NodeProbe.this) {
				if (this.over || this.participants == 0 || NodeProbe.this.stopped) {
					return;
				}
				if (!this.extended && System.nanoTime() - due > SUSPENDED_NANOS) {
					this.extended = true;
					awaitDeadline(NodeProbe.this.timeout.toNanos());
					return;
				}
				this.over = true;
				this.late = true;
				this.participants++;
				asking = this.asking;
			}
			NodeProbe.this.pool.failedProbes(ProbeFailure.Kind.TIMEOUT).add(System.nanoTime() - this.start);
			try {
				report(this.epoch);
			}
			finally {
				if (asking != null) {
					abort(asking);
				}
				leave();
			}
		}

		/**
		 * Takes part in a probe whose thread hangs, to report it.
		 * @return whether that is so
		 */
		boolean join() {
			if (this.late && this.participants == 1 && !NodeProbe.this.stopped) {
				this.participants++;
				return true;
			}
			return false;
		}

		void reportAgain() {
			try {
				report(NodeProbe.this.topology.beginProbe());
			}
			finally {
				leave();
			}
		}

		private void report(long epoch) {
			long milliseconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.start);
			NodeProbe.this.topology.failed(NodeProbe.this.pool, epoch,
					new ProbeFailure("no answer within " + milliseconds + " ms", ProbeFailure.Kind.TIMEOUT));
			NodeProbe.this.reported.run();
		}

		private void leave() {
			synchronized (NodeProbe.this) {
				this.participants--;
				if (this.participants == 0) {
					ended();
				}
			}
		}

		/**
		 * Nobody wants to know the result.
		 */
		void cancel() {
			this.over = true;
			if (this.deadline != null) {
				this.deadline.cancel(false);
			}
			if (this.asking != null) {
				abort(this.asking);
			}
		}

	}

	/**
	 * What is asked beside the probe.
	 */
	private interface Inquiry {

		void run(Connection connection) throws SQLException;

	}

}
