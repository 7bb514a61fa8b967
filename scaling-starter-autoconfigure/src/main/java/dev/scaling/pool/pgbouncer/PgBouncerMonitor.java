package dev.scaling.pool.pgbouncer;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks a PgBouncer for its status again and again, on a thread of its own, and tells when
 * clients have to wait for server connections for longer than a moment. Thread-safe.
 *
 * @since 0.1.0
 */
public final class PgBouncerMonitor implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(PgBouncerMonitor.class);

	private static final String INVALID_AUTHORIZATION = "28";

	private final PgBouncerConsole console;

	private final Duration interval;

	private final Duration waitingThreshold;

	private final List<Consumer<Optional<PgBouncerStatus>>> listeners = new CopyOnWriteArrayList<>();

	private @Nullable ScheduledThreadPoolExecutor executor;

	private volatile @Nullable PgBouncerStatus status;

	private volatile @Nullable String failure;

	/**
	 * Since when clients have been waiting in each sample, or 0 if none waits.
	 */
	private volatile long waitingSince;

	/**
	 * Whether clients have waited for too long in the latest sample.
	 */
	private volatile boolean alerted;

	/**
	 * Creates a monitor, which does not ask yet.
	 * @param console the console
	 * @param interval how often it is asked
	 * @param waitingThreshold how long clients may wait without a finding
	 */
	public PgBouncerMonitor(PgBouncerConsole console, Duration interval, Duration waitingThreshold) {
		this.console = console;
		this.interval = interval;
		this.waitingThreshold = waitingThreshold;
	}

	/**
	 * Starts to ask. Does nothing if that has been done.
	 */
	public synchronized void start() {
		if (this.executor == null) {
			ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread thread = new Thread(null, task, "scaling-pgbouncer", 0, false);
				thread.setDaemon(true);
				return thread;
			});
			this.executor = executor;
			executor.scheduleWithFixedDelay(this::sample, 0, this.interval.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Asks to be told of each status, on the monitor's thread.
	 * @param listener is told the status, or an empty value when the console has not
	 * answered; must not block or throw
	 */
	public void addListener(Consumer<Optional<PgBouncerStatus>> listener) {
		this.listeners.add(listener);
		listener.accept(status());
	}

	/**
	 * The latest status.
	 * @return the status, or an empty value if the console has not answered the last time
	 */
	public Optional<PgBouncerStatus> status() {
		return Optional.ofNullable(this.status);
	}

	/**
	 * Why the console has not answered the last time.
	 * @return the reason, or {@code null} if it has, or has not been asked yet
	 */
	public @Nullable String failure() {
		return this.failure;
	}

	/**
	 * How long clients have been waiting without a break.
	 * @return the time, zero if none waits
	 */
	public Duration waiting() {
		long since = this.waitingSince;
		return (since != 0) ? Duration.ofNanos(System.nanoTime() - since) : Duration.ZERO;
	}

	/**
	 * What is wrong at the moment.
	 * @return the findings, never {@code null}
	 */
	public List<PgBouncerFinding> findings() {
		List<PgBouncerFinding> findings = new ArrayList<>();
		String failure = this.failure;
		if (failure != null) {
			findings.add(new PgBouncerFinding("console-unreachable", failure,
					"Correct 'scaling.pgbouncer.admin', or start PgBouncer."));
		}
		PgBouncerStatus status = this.status;
		if (status != null && this.alerted) {
			findings.add(waitingFinding(status));
		}
		return findings;
	}

	private boolean isWaitingForLong(PgBouncerStatus status) {
		return waiting().compareTo(this.waitingThreshold) >= 0 || status.pools()
			.stream()
			.anyMatch((pool) -> pool.clientsWaiting() > 0 && pool.longestWait().compareTo(this.waitingThreshold) >= 0);
	}

	private static PgBouncerFinding waitingFinding(PgBouncerStatus status) {
		StringBuilder summary = new StringBuilder("Clients wait for server connections of PgBouncer:");
		for (PgBouncerStatus.Pool pool : status.pools()) {
			if (pool.clientsWaiting() > 0) {
				summary.append(" %d of %s/%s for up to %d ms, with %d connections active and %d idle".formatted(
						pool.clientsWaiting(), pool.database(), pool.user(), pool.longestWait().toMillis(),
						pool.serversActive(), pool.serversIdle()));
				status.databases()
					.stream()
					.filter((database) -> database.name().equals(pool.database()))
					.findFirst()
					.ifPresent((database) -> summary.append(" (pool_size ").append(database.poolSize()).append(')'));
				summary.append(';');
			}
		}
		summary.setLength(summary.length() - 1);
		return new PgBouncerFinding("clients-waiting", summary.toString(),
				"Raise default_pool_size if the server has connections to give, shorten transactions, or let reads go to"
						+ " replicas.");
	}

	private void sample() {
		try {
			PgBouncerStatus status = this.console.read();
			if (this.failure != null) {
				logger.info("The console of PgBouncer answers again");
			}
			this.failure = null;
			noteWaiting(status);
			alert(status);
			this.status = status;
			this.listeners.forEach((listener) -> listener.accept(Optional.of(status)));
		}
		catch (SQLException | RuntimeException ex) {
			failed(ex);
		}
	}

	private void noteWaiting(PgBouncerStatus status) {
		if (status.waiting() == 0) {
			this.waitingSince = 0;
		}
		else if (this.waitingSince == 0) {
			long now = System.nanoTime();
			this.waitingSince = (now != 0) ? now : 1;
		}
	}

	private void alert(PgBouncerStatus status) {
		boolean alert = status.waiting() > 0 && isWaitingForLong(status);
		if (alert && !this.alerted) {
			PgBouncerFinding finding = waitingFinding(status);
			logger.warn(finding.summary() + ". " + finding.action());
		}
		else if (!alert && this.alerted) {
			logger.info("No client waits for a server connection of PgBouncer any more");
		}
		this.alerted = alert;
	}

	private void failed(Exception ex) {
		String reason = reason(ex);
		if (this.failure == null) {
			logger.warn(reason + ": check 'scaling.pgbouncer.admin'");
		}
		this.failure = reason;
		this.status = null;
		this.waitingSince = 0;
		this.alerted = false;
		this.listeners.forEach((listener) -> listener.accept(Optional.empty()));
	}

	private static String reason(Exception ex) {
		String state = (ex instanceof SQLException failure) ? failure.getSQLState() : null;
		String message = String.valueOf(ex.getMessage());
		if ((state != null && state.startsWith(INVALID_AUTHORIZATION)) || message.contains("not allowed")
				|| message.contains("no such user") || message.contains("admin access needed")
				|| message.contains("authentication failed")) {
			return "The console of PgBouncer does not let the user in (" + message
					+ "), who has to be listed in admin_users or stats_users, and in auth_file";
		}
		return "The console of PgBouncer cannot be asked (" + message + ")";
	}

	/**
	 * Stops to ask.
	 */
	@Override
	public synchronized void close() {
		ScheduledThreadPoolExecutor executor = this.executor;
		if (executor != null) {
			executor.shutdownNow();
			this.console.close();
		}
	}

}
