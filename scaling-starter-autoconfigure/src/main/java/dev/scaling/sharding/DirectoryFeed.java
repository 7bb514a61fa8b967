package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.scaling.sharding.DirectoryOptions.Propagation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Hears of the changes of a directory: asks for those after the version that is known,
 * again and again, and at once when a notification comes. After a failure nothing counts
 * that was known before. A thread of its own does so. Thread-safe.
 */
final class DirectoryFeed implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(DirectoryFeed.class);

	private static final int MAXIMUM_CHANGES = 1000;

	private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(5);

	private final String keyspace;

	private final DirectoryConnector connector;

	private final DirectoryOptions options;

	private final Listener listener;

	private final Map<String, Long> recent = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
			if (size() <= MAXIMUM_CHANGES) {
				return false;
			}
			DirectoryFeed.this.floor = Math.max(DirectoryFeed.this.floor, eldest.getValue());
			return true;
		}

	};

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition woken = this.lock.newCondition();

	/**
	 * All changes after this version are among the recent ones.
	 */
	private long floor = Long.MAX_VALUE;

	private long version;

	private @Nullable Thread thread;

	private volatile @Nullable Connection connection;

	private volatile boolean closed;

	private volatile long lastHeard;

	DirectoryFeed(String keyspace, DirectoryConnector connector, DirectoryOptions options, Listener listener) {
		this.keyspace = keyspace;
		this.connector = connector;
		this.options = options;
		this.listener = listener;
		this.lastHeard = System.nanoTime() - options.maxAge().toNanos();
	}

	/**
	 * Starts to listen, once.
	 */
	void start() {
		this.lock.lock();
		try {
			if (this.thread == null && !this.closed) {
				Thread thread = new Thread(this::run, "scaling-directory-" + this.keyspace);
				thread.setDaemon(true);
				this.thread = thread;
				thread.start();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the directory has not answered for longer than it may.
	 */
	boolean isSilent() {
		return System.nanoTime() - this.lastHeard > this.options.maxAge().toNanos();
	}

	/**
	 * How long ago the directory has answered.
	 */
	Duration silence() {
		return Duration.ofNanos(System.nanoTime() - this.lastHeard);
	}

	/**
	 * Whether what was true of a key at the given version is all that is known of it.
	 */
	boolean isCurrent(String key, long version) {
		this.lock.lock();
		try {
			return version >= this.floor && this.recent.getOrDefault(key, 0L) <= version;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The first key creates the table: there are no changes before.
	 */
	private static boolean isMissing(Exception ex) {
		return ex instanceof SQLException sqlException && "42P01".equals(sqlException.getSQLState());
	}

	private void run() {
		long pause = SHORTEST_PAUSE;
		boolean failing = false;
		while (!this.closed) {
			try (Connection opened = this.connector.connect()) {
				this.connection = opened;
				prepare(opened);
				begin(opened);
				pause = SHORTEST_PAUSE;
				if (failing) {
					logger.info("The directory of keyspace " + this.keyspace + " answers again");
					failing = false;
				}
				while (!this.closed) {
					await(opened);
					advance(opened);
				}
			}
			catch (SQLException | RuntimeException ex) {
				if (!this.closed) {
					if (!failing && !isMissing(ex)) {
						logger.warn("Changes of the directory of keyspace " + this.keyspace
								+ " cannot be heard, trying again: " + ex.getMessage());
						logger.debug("Directory of keyspace " + this.keyspace, ex);
						failing = true;
					}
					sleep(pause);
					pause = Math.min(LONGEST_PAUSE, pause * 2);
				}
			}
			this.connection = null;
		}
	}

	private void prepare(Connection connection) throws SQLException {
		connection.setNetworkTimeout(Runnable::run,
				(int) Math.min(Integer.MAX_VALUE, this.options.maxAge().toMillis()));
		connection.setAutoCommit(true);
		if (this.options.propagation() != Propagation.POLL) {
			try (Statement statement = connection.createStatement()) {
				statement.execute("LISTEN " + DirectoryTable.CHANNEL);
			}
		}
	}

	/**
	 * What was known before may have changed meanwhile, or come from a server whose last
	 * changes were lost.
	 */
	private void begin(Connection connection) throws SQLException {
		DirectoryTable.Changes changes = DirectoryTable.changes(connection, this.keyspace, Long.MAX_VALUE, 1);
		forgetAll(changes.version());
		this.lastHeard = System.nanoTime();
	}

	private void advance(Connection connection) throws SQLException {
		long start = System.nanoTime();
		long known = this.version;
		DirectoryTable.Changes changes = DirectoryTable.changes(connection, this.keyspace, known, MAXIMUM_CHANGES);
		if (changes.version() < known || changes.entries().size() == MAXIMUM_CHANGES) {
			forgetAll(changes.version());
		}
		else if (!changes.entries().isEmpty()) {
			this.lock.lock();
			try {
				for (DirectoryTable.Change change : changes.entries()) {
					this.recent.remove(change.key());
					this.recent.put(change.key(), change.version());
				}
			}
			finally {
				this.lock.unlock();
			}
			this.version = changes.version();
			this.listener.changed(changes.entries().stream().map(DirectoryTable.Change::key).toList());
		}
		this.lastHeard = start;
	}

	private void forgetAll(long version) {
		this.lock.lock();
		try {
			this.recent.clear();
			this.floor = version;
		}
		finally {
			this.lock.unlock();
		}
		this.version = version;
		this.listener.allChanged();
	}

	/**
	 * Waits for a notification, or until it is time to ask.
	 */
	private void await(Connection connection) throws SQLException {
		Duration interval = (this.options.propagation() == Propagation.NOTIFY) ? this.options.maxAge().dividedBy(2)
				: this.options.pollInterval();
		if (this.options.propagation() != Propagation.POLL && connection.isWrapperFor(PGConnection.class)) {
			connection.unwrap(PGConnection.class)
				.getNotifications((int) Math.min(Integer.MAX_VALUE, Math.max(1, interval.toMillis())));
		}
		else {
			sleep(interval.toNanos());
		}
	}

	private void sleep(long nanos) {
		this.lock.lock();
		try {
			long remaining = nanos;
			while (remaining > 0 && !this.closed) {
				remaining = this.woken.awaitNanos(remaining);
			}
		}
		catch (InterruptedException ex) {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.woken.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		Connection connection = this.connection;
		if (connection != null) {
			try {
				connection.abort(Runnable::run);
			}
			catch (SQLException ex) {
				logger.debug("The connection to the directory could not be ended", ex);
			}
		}
	}

	/**
	 * Is told of changes.
	 */
	interface Listener {

		void changed(List<String> keys);

		void allChanged();

	}

}
