package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.Access;
import dev.scaling.NodeUnavailableException;
import dev.scaling.ReplicaSelector;
import dev.scaling.RoutingContext;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Decides which node serves a piece of work and takes a physical connection to it. The
 * transaction's attribute decides, never the SQL text. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Router {

	private static final Set<String> CONNECTION_FAILURES = Set.of("57P01", "57P02", "57P03");

	private final LiveTopology topology;

	private final RoutingOptions options;

	private final SessionStatements sessionStatements = new SessionStatements();

	/**
	 * Creates a router.
	 * @param topology the nodes
	 * @param options how work is routed
	 */
	public Router(LiveTopology topology, RoutingOptions options) {
		this.topology = topology;
		this.options = options;
	}

	/**
	 * The nodes that this router chooses from.
	 * @return the topology, never {@code null}
	 */
	public LiveTopology topology() {
		return this.topology;
	}

	boolean autoCommits() {
		return this.options.autoCommit();
	}

	boolean releasesOnClose() {
		return this.options.releaseOnClose();
	}

	@Nullable Pin pin(String sql) {
		return this.sessionStatements.pin(sql);
	}

	/**
	 * What the transaction that the calling thread is just beginning is going to do, or
	 * {@code null} if it is not beginning one, or its manager does not tell.
	 */
	@Nullable Access beginning() {
		return RouteState.current().beginning;
	}

	/**
	 * The reason by which the next transaction of a connection is routed.
	 * @param readOnly whether the connection has been set read-only
	 * @param intent what the transaction said when it began, or {@code null}
	 * @param isolation the isolation level that has been set on the connection
	 */
	RoutingReason routeTransaction(boolean readOnly, @Nullable Access intent, int isolation) {
		if (!readOnly && ((intent != null) ? intent : intent()) == Access.WRITE) {
			return RoutingReason.READ_WRITE;
		}
		if (isExplicit(Access.WRITE)) {
			return RoutingReason.EXPLICIT_PRIMARY;
		}
		return isSerializable(isolation) ? RoutingReason.SERIALIZABLE : RoutingReason.READ_ONLY;
	}

	/**
	 * What the transaction of the calling thread is going to do, where its manager has
	 * not told. The flags belong to a transaction that has begun, maybe of another
	 * manager.
	 */
	private Access intent() {
		RouteState state = RouteState.current();
		if (state.method != null && !TransactionSynchronizationManager.isSynchronizationActive()) {
			return state.method.access();
		}
		return TransactionSynchronizationManager.isCurrentTransactionReadOnly() ? Access.READ : Access.WRITE;
	}

	private boolean isSerializable(int isolation) {
		return (isolation != Connection.TRANSACTION_NONE) ? isolation == Connection.TRANSACTION_SERIALIZABLE
				: this.options.serializable();
	}

	/**
	 * The reason by which work of a connection in auto-commit mode is routed.
	 * @param readOnly whether the connection has been set read-only
	 * @param lastReason why the connection's last transaction went where it went, or
	 * {@code null} if it has had none
	 */
	RoutingReason routeStatement(boolean readOnly, @Nullable RoutingReason lastReason) {
		RoutingReason reason = statementReason(readOnly, lastReason);
		return (reason.isReplica() && this.options.serializable()) ? RoutingReason.SERIALIZABLE : reason;
	}

	private RoutingReason statementReason(boolean readOnly, @Nullable RoutingReason lastReason) {
		boolean readOnlyWork = readOnly || (TransactionSynchronizationManager.isCurrentTransactionReadOnly()
				&& !TransactionSynchronizationManager.isActualTransactionActive());
		if (isExplicit(Access.WRITE)) {
			return readOnlyWork ? RoutingReason.EXPLICIT_PRIMARY : RoutingReason.EXPLICIT_WRITE;
		}
		Access beginning = beginning();
		if (beginning != null) {
			return (beginning == Access.READ) ? RoutingReason.READ_ONLY : RoutingReason.READ_WRITE;
		}
		if (isExplicit(Access.READ)) {
			return RoutingReason.EXPLICIT_READ;
		}
		if (readOnlyWork) {
			return RoutingReason.READ_ONLY;
		}
		if (lastReason != null && lastReason.access() == Access.READ) {
			return lastReason.isReplica() ? RoutingReason.LAZY_LOADING : lastReason;
		}
		return (this.options.nonTransactionalReads() && lastReason == null) ? RoutingReason.NON_TRANSACTIONAL_READ
				: RoutingReason.NON_TRANSACTIONAL;
	}

	/**
	 * Whether the calling thread has asked for the primary by name.
	 */
	boolean isForPrimary() {
		return isExplicit(Access.WRITE);
	}

	private static boolean isExplicit(Access access) {
		RoutingContext context = RoutingContext.current();
		return context != null && context.access() == access;
	}

	/**
	 * Gives a logical connection a physical one.
	 */
	void connect(PhysicalLink connection, RoutingReason reason) throws SQLException {
		if (reason.isReplica()) {
			List<ReplicaSelector.Candidate> candidates = this.topology.candidates();
			if (candidates.isEmpty() || !connectAny(connection, candidates, reason)) {
				connectPrimary(connection, RoutingReason.REPLICAS_UNAVAILABLE);
			}
		}
		else {
			connectPrimary(connection, reason);
		}
	}

	private void connectPrimary(PhysicalLink connection, RoutingReason reason) throws SQLException {
		NodePool primary = this.topology.primary();
		try {
			attach(connection, primary, primary.connect(), reason);
		}
		catch (SQLException ex) {
			if (ex instanceof SQLTransientConnectionException || connectionFailure(ex) != null) {
				throw unavailable(reason, ex);
			}
			throw ex;
		}
	}

	private boolean connectAny(PhysicalLink connection, List<ReplicaSelector.Candidate> candidates,
			RoutingReason reason) throws SQLException {
		NodePool pool = select(candidates);
		boolean connected = pool.isEmpty() ? connectCandidate(connection, pool, reason, false)
				: connectReplica(connection, pool, reason);
		return connected || connectNext(connection, pool, reason);
	}

	private NodePool select(List<ReplicaSelector.Candidate> candidates) {
		ReplicaSelector.Candidate selected = this.options.selector().select(candidates);
		if (!(selected instanceof NodePool pool)) {
			throw new IllegalStateException("Replica selector " + this.options.selector() + " returned " + selected
					+ ", which is none of its candidates " + candidates);
		}
		return pool;
	}

	private boolean connectReplica(PhysicalLink connection, NodePool pool, RoutingReason reason) throws SQLException {
		try {
			attach(connection, pool, pool.connect(), reason);
			return true;
		}
		catch (SQLException ex) {
			Throwable failure = (ex instanceof SQLTransientConnectionException) ? ex.getCause() : connectionFailure(ex);
			if (failure != null && (pool.isEmpty() || !isFull(failure))) {
				this.topology.eject(pool, "no connection (" + failure.getMessage() + ")");
			}
			else if (!(ex instanceof SQLTransientConnectionException)) {
				throw ex;
			}
			return false;
		}
	}

	/**
	 * Tries the replicas in turn, again and again while one of them is merely exhausted,
	 * but never longer than the acquisition timeout. Only one caller at a time waits for
	 * an empty pool as long as another replica is there.
	 */
	private boolean connectNext(PhysicalLink connection, NodePool first, RoutingReason reason) throws SQLException {
		long deadline = System.nanoTime() + this.options.acquisitionTimeout().toNanos();
		boolean wait = false;
		do {
			for (NodePool pool : candidates(first)) {
				if (connectCandidate(connection, pool, reason, wait)) {
					return true;
				}
			}
			wait = true;
			if (this.topology.available().isEmpty()) {
				return false;
			}
		}
		while (System.nanoTime() < deadline);
		throw unavailable(reason, null);
	}

	private boolean connectCandidate(PhysicalLink connection, NodePool pool, RoutingReason reason, boolean wait)
			throws SQLException {
		if (pool.isEmpty()) {
			if (pool.startFilling()) {
				try {
					return connectReplica(connection, pool, reason);
				}
				finally {
					pool.endFilling();
				}
			}
			return wait && connectReplica(connection, pool, reason);
		}
		return (wait || !pool.isExhausted()) && connectReplica(connection, pool, reason);
	}

	private List<NodePool> candidates(NodePool last) {
		List<NodePool> candidates = new ArrayList<>(this.topology.available());
		if (candidates.remove(last)) {
			candidates.add(last);
		}
		return candidates;
	}

	private void attach(PhysicalLink connection, NodePool pool, Connection physical, RoutingReason reason)
			throws SQLException {
		connection.attach(pool, physical, reason);
		count(pool, reason);
	}

	void count(NodePool pool, RoutingReason reason) {
		pool.count(reason);
		this.options.listener().routed(pool.node(), reason);
	}

	/**
	 * Whether a server has no connection left to give, although those that it gave work.
	 */
	private static boolean isFull(Throwable failure) {
		return failure instanceof SQLException ex && ex.getSQLState() != null && ex.getSQLState().startsWith("53");
	}

	/**
	 * Called when a physical connection has turned out to be gone. If its server is, too,
	 * the first one takes the node out of use for everybody, and throws its idle
	 * connections away.
	 */
	void lost(NodePool pool, SQLException ex) {
		SQLException failure = connectionFailure(ex);
		if (failure == null) {
			return;
		}
		if (pool.node().isPrimary()) {
			pool.evictAll();
		}
		else {
			this.topology.eject(pool, "lost connection (" + failure.getMessage() + ")");
		}
	}

	private static @Nullable SQLException connectionFailure(SQLException ex) {
		Throwable candidate = ex;
		for (int depth = 0; candidate != null && depth < 10; depth++) {
			if (candidate instanceof SQLException sqlException && isConnectionFailure(sqlException)) {
				return sqlException;
			}
			candidate = candidate.getCause();
		}
		return null;
	}

	private static boolean isConnectionFailure(SQLException ex) {
		String state = ex.getSQLState();
		return state != null
				&& (state.startsWith("08") || state.startsWith("28") || CONNECTION_FAILURES.contains(state))
				&& !(ex instanceof SQLTransientConnectionException && ex.getCause() != null);
	}

	private NodeUnavailableException unavailable(RoutingReason reason, @Nullable SQLException cause) {
		SQLException failure = (cause != null) ? connectionFailure(cause) : null;
		StringBuilder message = new StringBuilder("No connection for ").append(describeCaller(reason)).append(':');
		for (NodeStatus status : this.topology.current().nodes()) {
			if (reason.isReplica() || status.node().isPrimary()) {
				this.topology.pool(status.node().id())
					.ifPresent((pool) -> message.append(' ')
						.append(describe(pool, status, status.node().isPrimary() ? failure : null))
						.append(';'));
			}
		}
		message.append(" check that the node can be reached, or raise its maximum-pool-size");
		return new NodeUnavailableException(message.toString(), cause);
	}

	private String describeCaller(RoutingReason reason) {
		String name = TransactionSynchronizationManager.getCurrentTransactionName();
		return reason.access().name().toLowerCase(Locale.ROOT) + " work" + ((name != null) ? " of " + name : "") + " ("
				+ reason.tag() + ")";
	}

	private static String describe(NodePool pool, NodeStatus status, @Nullable SQLException failure) {
		if (failure != null) {
			return status.node().id() + " cannot be reached (" + failure.getMessage() + ")";
		}
		HikariPoolMXBean statistics = pool.statistics();
		String numbers = (statistics != null) ? " (" + statistics.getActiveConnections() + " of " + pool.maximumSize()
				+ " connections active, " + statistics.getIdleConnections() + " idle, "
				+ statistics.getThreadsAwaitingConnection() + " threads waiting)" : "";
		return status.node().id() + " is " + status.state().name().toLowerCase(Locale.ROOT)
				+ ((status.state() == NodeState.EJECTED) ? " since " + status.since() + ", " + status.reason() : "")
				+ numbers;
	}

}
