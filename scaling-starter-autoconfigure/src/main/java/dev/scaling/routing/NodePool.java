package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool;
import com.zaxxer.hikari.pool.ProxyConnection;
import dev.scaling.ReplicaSelector;
import dev.scaling.consistency.ReadFloor;
import dev.scaling.consistency.ReplicaProgress;
import dev.scaling.topology.Node;
import dev.scaling.topology.PoolerMode;
import dev.scaling.topology.Server;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.util.StringUtils;

/**
 * The connections to one node: a pool, what this process uses of it, and how often it was
 * chosen. Thread-safe.
 *
 * @since 0.1.0
 */
public final class NodePool implements ReplicaSelector.Candidate {

	/**
	 * What {@code DISCARD ALL} does, without the prepared statements that the driver
	 * counts on.
	 */
	private static final String CLEANING = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; "
			+ "SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";

	/**
	 * HikariCP's lower bound of a connection timeout, in milliseconds.
	 */
	private static final long ACQUISITION_SLICE = 250;

	/**
	 * What HikariCP takes when it starts and nobody has said anything.
	 */
	private static final int DEFAULT_MAXIMUM_SIZE = 10;

	static final String APPLICATION_NAME = "ApplicationName";

	private final Node node;

	private final DataSource dataSource;

	private final @Nullable HikariDataSource hikari;

	private volatile @Nullable HikariPool hikariPool;

	private final boolean readOnly;

	private final AtomicInteger busy = new AtomicInteger();

	private final AtomicBoolean filling = new AtomicBoolean();

	private final LongAdder[] decisions;

	private final LongAdder retries = new LongAdder();

	private final TimedCount answeredProbes = new TimedCount();

	private final Map<ProbeFailure.Kind, TimedCount> failedProbes = new EnumMap<>(ProbeFailure.Kind.class);

	private final PhysicalConnections connections;

	private final PoolerMode poolerMode;

	private final @Nullable DataSource direct;

	/**
	 * Whether the pool notes its connections itself, because nobody does where they are
	 * made.
	 */
	private final boolean noting;

	private final Holders holders;

	private final LightweightReads lightweightReads;

	private final ReadFloor openFloor;

	private volatile ReadFloor floor;

	private volatile ReplicaProgress progress = ReplicaProgress.UNKNOWN;

	/**
	 * The server that the last probe has reached.
	 */
	private volatile @Nullable Server probedServer;

	/**
	 * The epoch in which a connection was lost, which no probe has answered yet, or -1.
	 */
	private volatile long suspectedEpoch = -1;

	private volatile int aborts;

	private volatile @Nullable String abortReason;

	/**
	 * Whether the pool was made smaller and may still hold too many connections.
	 */
	private volatile boolean shrinking;

	/**
	 * What the driver has called itself on the server after the log-in.
	 */
	private volatile @Nullable String applicationName;

	/**
	 * Creates the pool of a node.
	 * @param node the node
	 * @param dataSource the pool, or a proxy around it
	 */
	public NodePool(Node node, DataSource dataSource) {
		this(node, dataSource, null);
	}

	/**
	 * Creates the pool of a node.
	 * @param node the node
	 * @param dataSource the pool, or a proxy around it
	 * @param connections the connections of the pool, noted where they are made, or
	 * {@code null} if nobody does that
	 */
	public NodePool(Node node, DataSource dataSource, @Nullable PhysicalConnections connections) {
		this(node, dataSource, connections, PoolerMode.NONE, null);
	}

	/**
	 * Creates the pool of a node.
	 * @param node the node
	 * @param dataSource the pool, or a proxy around it
	 * @param connections the connections of the pool, noted where they are made, or
	 * {@code null} if nobody does that
	 * @param poolerMode how the pooler between the pool and the node lends its
	 * connections
	 * @param direct connections to the same node past that pooler, or {@code null} if
	 * there is no way
	 */
	public NodePool(Node node, DataSource dataSource, @Nullable PhysicalConnections connections, PoolerMode poolerMode,
			@Nullable DataSource direct) {
		this.node = node;
		this.poolerMode = poolerMode;
		this.direct = direct;
		this.noting = connections == null;
		this.connections = (connections != null) ? connections : new PhysicalConnections();
		this.openFloor = new ReadFloor(node, ReadFloor.OPEN);
		this.floor = this.openFloor;
		this.dataSource = dataSource;
		this.hikari = DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class, HikariDataSource.class);
		this.readOnly = this.hikari != null && this.hikari.isReadOnly();
		this.holders = new Holders(maximumSize());
		this.lightweightReads = new LightweightReads(node);
		this.decisions = new LongAdder[RoutingReason.values().length];
		for (int i = 0; i < this.decisions.length; i++) {
			this.decisions[i] = new LongAdder();
		}
		for (ProbeFailure.Kind kind : ProbeFailure.Kind.values()) {
			this.failedProbes.put(kind, new TimedCount());
		}
	}

	@Override
	public Node node() {
		return this.node;
	}

	@Override
	public int busy() {
		return this.busy.get();
	}

	/**
	 * The pool as a {@link DataSource}: each connection is a physical one.
	 * @return the pool, never {@code null}
	 */
	public DataSource dataSource() {
		return this.dataSource;
	}

	/**
	 * How the pooler between the pool and the node lends its connections.
	 * @return the mode, {@link PoolerMode#NONE} without a pooler
	 */
	public PoolerMode poolerMode() {
		return this.poolerMode;
	}

	/**
	 * Connections to the node past its pooler, without a pool: for what needs a session
	 * of its own.
	 * @return the connections, or {@code null} if there is no way past the pooler
	 */
	public @Nullable DataSource direct() {
		return this.direct;
	}

	/**
	 * How often the node was chosen for the given reason since the start.
	 * @param reason the reason
	 * @return the number of decisions
	 */
	public long decisions(RoutingReason reason) {
		return this.decisions[reason.ordinal()].sum();
	}

	/**
	 * How often a read-only method was repeated elsewhere because this node had failed,
	 * since the start.
	 * @return the number of repetitions
	 */
	public long retries() {
		return this.retries.sum();
	}

	/**
	 * The probes of the node that were answered.
	 * @return their number and time, which is that until the answer
	 */
	public TimedCount answeredProbes() {
		return this.answeredProbes;
	}

	/**
	 * The probes of the node that have failed.
	 * @param kind how they have failed
	 * @return their number and time, which is that until the failure
	 */
	public TimedCount failedProbes(ProbeFailure.Kind kind) {
		return Objects.requireNonNull(this.failedProbes.get(kind));
	}

	/**
	 * The pool's own numbers.
	 * @return the numbers, or {@code null} if it is no HikariCP pool or has not started
	 */
	public @Nullable HikariPoolMXBean statistics() {
		return (this.hikari != null) ? this.hikari.getHikariPoolMXBean() : null;
	}

	/**
	 * How many connections the pool may hold.
	 * @return the maximum, or -1 if it is no HikariCP pool
	 */
	public int maximumSize() {
		if (this.hikari == null) {
			return -1;
		}
		int size = this.hikari.getMaximumPoolSize();
		return (size > 0) ? size : DEFAULT_MAXIMUM_SIZE;
	}

	/**
	 * How many idle connections the pool keeps.
	 * @return the minimum, or -1 if it is no HikariCP pool or they are as many as the
	 * maximum
	 */
	public int minimumIdle() {
		return (this.hikari != null) ? this.hikari.getMinimumIdle() : -1;
	}

	/**
	 * The user that the pool was configured with.
	 * @return the name, or {@code null} if unknown
	 */
	public @Nullable String username() {
		return (this.hikari != null) ? this.hikari.getUsername() : null;
	}

	/**
	 * Changes how many connections the pool may hold. Those in use stay until their work
	 * is done; the ones that are too many end then, and idle ones at once. To be called
	 * again until {@link #isShrinking()} is {@code false}. Does nothing if it is no
	 * HikariCP pool.
	 * @param maximumSize the maximum, 1 or more
	 * @param minimumIdle how many idle connections the pool keeps, 0 or more
	 */
	public synchronized void resize(int maximumSize, int minimumIdle) {
		if (this.hikari == null || this.hikari.isClosed()) {
			return;
		}
		if (this.hikari.getMaximumPoolSize() != maximumSize) {
			this.hikari.setMaximumPoolSize(maximumSize);
		}
		int idle = Math.min(minimumIdle, maximumSize);
		if (this.hikari.getMinimumIdle() != idle) {
			this.hikari.setMinimumIdle(idle);
		}
		if (!hasSurplus()) {
			this.shrinking = false;
			return;
		}
		boolean again = this.shrinking;
		this.shrinking = true;
		evictIdle(again && this.dataSource != this.hikari);
	}

	/**
	 * Whether the pool was made smaller and still held too many connections when
	 * {@link #resize} was called last.
	 * @return {@code true} if work that uses connections has to end first
	 */
	public boolean isShrinking() {
		return this.shrinking;
	}

	private boolean hasSurplus() {
		HikariPoolMXBean statistics = statistics();
		return statistics != null && statistics.getTotalConnections() > maximumSize();
	}

	/**
	 * Ends idle connections that are too many. Where other code hides the pool's
	 * connections, they cannot be told apart when they come back, so all are marked.
	 */
	private void evictIdle(boolean mark) {
		HikariPoolMXBean statistics = statistics();
		HikariDataSource pool = this.hikari;
		if (statistics == null || pool == null) {
			return;
		}
		if (mark) {
			statistics.softEvictConnections();
			return;
		}
		HikariPool hikariPool = hikariPool();
		for (int i = statistics.getTotalConnections() - maximumSize(); i > 0 && hasSurplus()
				&& statistics.getIdleConnections() > 0; i--) {
			try {
				pool.evictConnection(
						(hikariPool != null) ? hikariPool.getConnection(ACQUISITION_SLICE) : pool.getConnection());
			}
			catch (SQLException ex) {
				// Work has taken them, and ends them.
				return;
			}
		}
	}

	/**
	 * Opens a connection and asks the node whether it answers, without counting as work.
	 * @param timeoutSeconds how long the node may take to answer, in seconds
	 * @throws SQLException if the node cannot be reached or does not answer in time
	 */
	public void probe(int timeoutSeconds) throws SQLException {
		try (Connection connection = connectionWithin(timeoutSeconds)) {
			if (!connection.isValid(timeoutSeconds)) {
				throw new SQLException("no answer within " + timeoutSeconds + " s", "08006");
			}
		}
	}

	/**
	 * The pool of a replica lets nobody wait for long, as this caller wants to.
	 */
	private Connection connectionWithin(int timeoutSeconds) throws SQLException {
		long start = System.nanoTime();
		while (true) {
			try {
				return this.dataSource.getConnection();
			}
			catch (SQLException ex) {
				boolean full = isFull(ex);
				if ((!full && !(ex instanceof SQLTransientConnectionException))
						|| System.nanoTime() - start > TimeUnit.SECONDS.toNanos(timeoutSeconds)) {
					throw ex;
				}
				if (full) {
					// A pool that cannot start says so at once.
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ACQUISITION_SLICE));
				}
			}
		}
	}

	/**
	 * Whether a server has no connection left to give, although those that it gave work.
	 */
	static boolean isFull(@Nullable Throwable failure) {
		return failure instanceof SQLException ex && ex.getSQLState() != null && ex.getSQLState().startsWith("53");
	}

	/**
	 * Takes a connection, and waits for it no longer than a slice, if the pool can be
	 * asked so: what is known of the node may change meanwhile.
	 */
	Connection connect() throws SQLException {
		this.busy.incrementAndGet();
		try {
			HikariPool pool = hikariPool();
			Connection connection = (pool != null) ? pool.getConnection(ACQUISITION_SLICE)
					: this.dataSource.getConnection();
			prepare(connection);
			return connection;
		}
		catch (SQLException | RuntimeException ex) {
			this.busy.decrementAndGet();
			throw ex;
		}
	}

	/**
	 * The pool behind a DataSource that is not wrapped, as Spring Boot finds it for its
	 * metrics, or {@code null} before its start.
	 */
	private @Nullable HikariPool hikariPool() {
		HikariPool pool = this.hikariPool;
		if (pool == null && this.hikari != null && this.dataSource == this.hikari && this.hikari.isRunning()) {
			pool = (HikariPool) new DirectFieldAccessor(this.hikari).getPropertyValue("pool");
			this.hikariPool = pool;
		}
		return pool;
	}

	private void prepare(Connection connection) throws SQLException {
		try {
			if (this.applicationName == null) {
				this.applicationName = Objects.requireNonNullElse(connection.getClientInfo(APPLICATION_NAME), "");
			}
			if (this.noting) {
				this.connections.add(driverConnection(connection), null);
			}
		}
		catch (SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	void release(Connection connection) throws SQLException {
		this.busy.decrementAndGet();
		if (this.noting) {
			this.connections.remove(driverConnection(connection));
		}
		if (this.shrinking && this.hikari != null && connection instanceof ProxyConnection && hasSurplus()) {
			this.hikari.evictConnection(connection);
			return;
		}
		connection.close();
	}

	/**
	 * How far the replica is.
	 * @return the progress, never {@code null}
	 */
	public ReplicaProgress progress() {
		return this.progress;
	}

	void progress(ReplicaProgress progress) {
		this.progress = progress;
	}

	/**
	 * What a session may have seen while it reads.
	 */
	ReadFloor openFloor() {
		return this.openFloor;
	}

	/**
	 * What a session may have seen whose read ends in the given epoch: one instance for
	 * all of them.
	 */
	ReadFloor floor(long epoch) {
		ReadFloor floor = this.floor;
		if (floor.mark() != epoch) {
			floor = new ReadFloor(this.node, epoch);
			this.floor = floor;
		}
		return floor;
	}

	/**
	 * A probe has reached the given server.
	 * @return whether it was another one before
	 */
	boolean serverSeen(Server server) {
		Server last = this.probedServer;
		this.probedServer = server;
		return last != null && last != server && !isSameServer(server, last) && !isSeveralServers();
	}

	/**
	 * Whether what probes have seen holds for the connections of the pool, too: they
	 * reach the same server, which has not been restarted since.
	 * @return {@code false} if the latest connection is known to reach another one
	 */
	public boolean isProbedServer() {
		Server server = this.connections.server();
		Server probed = this.probedServer;
		return server == null || probed == null || server == probed || isSameServer(server, probed);
	}

	/**
	 * A server sees itself under another address through the pooler than directly, so
	 * that only its start tells.
	 */
	private boolean isSameServer(Server server, Server other) {
		return (this.direct != null) ? server.startedAt().equals(other.startedAt()) : server.isSameProcess(other);
	}

	/**
	 * Whether the URL of the node stands for several servers.
	 * @return {@code true} if connections were seen to go to one server and then another
	 * and back again
	 */
	public boolean isSeveralServers() {
		return this.connections.isSeveralServers();
	}

	synchronized void suspect(long epoch) {
		this.suspectedEpoch = epoch;
	}

	synchronized void probed(long epoch) {
		if (epoch > this.suspectedEpoch) {
			this.suspectedEpoch = -1;
		}
	}

	/**
	 * Whether a connection was lost, and no probe has told yet whether the node is there.
	 */
	boolean isSuspected() {
		return this.suspectedEpoch >= 0;
	}

	/**
	 * How often all connections were aborted.
	 */
	int aborts() {
		return this.aborts;
	}

	/**
	 * Why the connections were aborted the last time.
	 */
	@Nullable String abortReason() {
		return this.abortReason;
	}

	/**
	 * Ends all connections at once, in use or not.
	 */
	synchronized int abortAll(String reason) {
		this.abortReason = reason;
		this.aborts++;
		int aborted = this.connections.abort();
		evictAll();
		return aborted;
	}

	/**
	 * Who holds the connections.
	 */
	Holders holders() {
		return this.holders;
	}

	void count(RoutingReason reason) {
		this.decisions[reason.ordinal()].increment();
	}

	void countRetry() {
		this.retries.increment();
	}

	/**
	 * The connections of this pool that can read without a transaction.
	 */
	LightweightReads lightweightReads() {
		return this.lightweightReads;
	}

	/**
	 * Whether connections of this pool are read-only when they leave it.
	 */
	boolean isReadOnly() {
		return this.readOnly;
	}

	boolean isEmpty() {
		HikariPoolMXBean statistics = statistics();
		return statistics != null && statistics.getTotalConnections() == 0;
	}

	boolean isExhausted() {
		HikariPoolMXBean statistics = statistics();
		return statistics != null && statistics.getActiveConnections() >= maximumSize();
	}

	/**
	 * Lets one caller at a time wait for the first connection of an empty pool.
	 */
	boolean startFilling() {
		return this.filling.compareAndSet(false, true);
	}

	void endFilling() {
		this.filling.set(false);
	}

	/**
	 * Whether connections are set up with SQL statements when they are made, which
	 * cleaning would undo.
	 */
	boolean hasInitialization() {
		return this.hikari == null || this.hikari.getConnectionInitSql() != null || this.hikari.getSchema() != null
				|| this.hikari.getTransactionIsolation() != null;
	}

	/**
	 * Takes off a connection what SQL statements have left on its session. It has to be
	 * in auto-commit mode.
	 */
	void clean(Connection connection) throws SQLException {
		this.lightweightReads.forget(driverConnection(connection));
		try (Statement statement = connection.createStatement()) {
			statement.execute(CLEANING);
		}
		String applicationName = this.applicationName;
		if (StringUtils.hasLength(applicationName)) {
			connection.setClientInfo(APPLICATION_NAME, applicationName);
		}
	}

	void evictAll() {
		HikariPoolMXBean statistics = statistics();
		if (statistics != null) {
			statistics.softEvictConnections();
		}
	}

	void evict(Connection connection) throws SQLException {
		this.busy.decrementAndGet();
		if (this.hikari != null && !this.hikari.isClosed() && connection instanceof ProxyConnection) {
			this.hikari.evictConnection(connection);
			return;
		}
		connection.abort(Runnable::run);
		connection.close();
	}

	/**
	 * The driver's own connection behind the given one: its statements and results need
	 * no second wrapper, because the logical connection does all that the pool's wrappers
	 * are for. A connection that is wrapped by something other than the pool stays as it
	 * is.
	 */
	static Connection driverConnection(Connection connection) throws SQLException {
		return (connection instanceof ProxyConnection) ? connection.unwrap(Connection.class) : connection;
	}

	@Override
	public String toString() {
		return this.node.id();
	}

}
