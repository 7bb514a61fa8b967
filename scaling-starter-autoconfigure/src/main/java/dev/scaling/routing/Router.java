package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.scaling.Access;
import dev.scaling.ConsistencyLevel;
import dev.scaling.RoutingContext;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.SessionPosition;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Decides which node serves a piece of work and takes a physical connection to it. The
 * transaction's attribute decides, never the SQL text. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Router {

	private static final Log logger = LogFactory.getLog(Router.class);

	private static final int MAXIMUM_WARNINGS = 1000;

	private final LiveTopology topology;

	/**
	 * Methods that have been named in a warning.
	 */
	private final Set<String> outdated = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean sessionNotKept = new AtomicBoolean();

	private final RoutingOptions options;

	private final Connector connector;

	/**
	 * Whether sessions matter: without replicas to watch there is nothing to compare.
	 */
	private final boolean tracking;

	private final SessionStatements sessionStatements = new SessionStatements();

	/**
	 * Creates a router.
	 * @param topology the nodes
	 * @param options how work is routed
	 */
	public Router(LiveTopology topology, RoutingOptions options) {
		this.topology = topology;
		this.options = options;
		this.connector = new Connector(topology, options);
		this.tracking = options.consistency() != ConsistencyMode.NONE && topology.isWatched()
				&& !topology.replicas().isEmpty();
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

	Duration failoverWait() {
		return this.options.failoverWait();
	}

	TimeLimits limits(boolean primary) {
		return primary ? this.options.primaryLimits() : this.options.replicaLimits();
	}

	@Nullable StatementListener statementListener() {
		return this.options.statementListener();
	}

	@Nullable Pin pin(String sql) {
		return this.sessionStatements.pin(sql);
	}

	/**
	 * Whether SQL means something else outside of a transaction.
	 */
	boolean needsTransaction(String sql) {
		return this.sessionStatements.needsTransaction(sql);
	}

	/**
	 * Whether SQL leaves something on the session after its transaction.
	 */
	boolean isLeavingState(String sql) {
		return this.sessionStatements.isLeavingState(sql);
	}

	/**
	 * What the transaction that the calling thread is just beginning is going to do, or
	 * {@code null} if it is not beginning one, or its manager does not tell.
	 */
	@Nullable Access beginning() {
		return RouteState.current().beginning;
	}

	/**
	 * Whether the transaction that the calling thread is beginning, or the first one of
	 * its method, needs none on a replica.
	 */
	boolean isLightweight() {
		MethodRoute method = RouteState.current().method;
		return method != null && method.lightweight();
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
		SessionPosition position = connection.position();
		if (position != null && position.timeline() != this.topology.timeline() && position.timeline() != 0) {
			changeTimeline(position);
		}
		if (!reason.isReplica()) {
			this.connector.connectPrimary(connection, reason);
			return;
		}
		RouteState state = RouteState.current();
		if (state.forcedReason != null) {
			this.connector.connectPrimary(connection, state.forcedReason);
			return;
		}
		this.connector.connectReplica(connection, reason, freshness(state), position, state.avoided);
		state.last = connection.pool();
	}

	/**
	 * Either the timeline has changed, or a token has come from one that this process has
	 * not seen: then a promotion has gone unnoticed, or somebody made the token up. All
	 * nodes are probed to know, at most once in a while.
	 */
	private void changeTimeline(SessionPosition position) {
		if (position.timeline() > this.topology.timeline()) {
			this.topology.refreshOnce(Connector.PROBE_WAIT);
		}
		if (position.timeline() > this.topology.timeline()) {
			position.forgetTimeline();
		}
		else {
			position.followTimeline();
		}
	}

	private Freshness freshness(RouteState state) {
		RoutingContext context = RoutingContext.current();
		ConsistencyLevel level = (context != null) ? context.consistency() : null;
		if (context != null && level != null) {
			return new Freshness(level, context.maxStaleness().toNanos());
		}
		Freshness freshness = state.freshness;
		return (freshness != null) ? freshness : Freshness.SESSION;
	}

	/**
	 * Where the session of the calling thread is, or {@code null} if nobody needs to
	 * know.
	 */
	@Nullable SessionPosition position() {
		return this.tracking ? ConsistencySession.current().position(this.topology) : null;
	}

	/**
	 * Whether a read on a replica has to go elsewhere, because its session has written
	 * since, or a method asks for strong consistency.
	 */
	boolean isOutdated(NodePool replica, @Nullable SessionPosition position) {
		return switch (freshness(RouteState.current()).level()) {
			case STRONG -> true;
			case SESSION -> position != null && isBehind(replica, position);
			case BOUNDED, EVENTUAL -> false;
		};
	}

	private boolean isBehind(NodePool replica, SessionPosition position) {
		return switch (this.options.consistency()) {
			case SESSION -> !replica.isSeveralServers() && !position.isCoveredBy(replica.node(), replica.progress());
			case WINDOW -> position.hasWrittenWithin(this.options.consistencyWindow().toNanos());
			case NONE -> false;
		};
	}

	/**
	 * A read goes on with a node that is behind its session, because it cannot leave it.
	 */
	void outdated(NodePool pool, @Nullable Pin pin) {
		String name = TransactionSynchronizationManager.getCurrentTransactionName();
		String method = (name != null) ? name : "work without a name";
		if (this.outdated.size() < MAXIMUM_WARNINGS && this.outdated.add(method)) {
			logger.warn("Reads of " + method + " stay on " + pool.node().id()
					+ ", although their session has written since, because "
					+ ((pin != null) ? pin.description() : "a statement or a savepoint is open")
					+ ": they may not see what was written. Read it in a transaction of its own, or before");
		}
	}

	/**
	 * A transaction follows statements of its connection, whose session a pooler does not
	 * keep for it.
	 */
	void sessionNotKept(NodePool pool) {
		if (this.sessionNotKept.compareAndSet(false, true)) {
			logger.warn("Statements ran on a connection to " + pool.node().id()
					+ " before its transaction, which another session of the server may serve, because the pooler is in "
					+ pool.poolerMode().name().toLowerCase(Locale.ROOT)
					+ " mode. If they set up the session (a tenant, for example), set it up within the transaction:"
					+ " SELECT set_config(..., true)");
		}
	}

	/**
	 * Whether there is more than one replica to read from.
	 */
	boolean hasChoice() {
		return this.topology.available().size() > 1;
	}

	boolean isPrimary(NodePool pool) {
		return this.topology.isPrimary(pool);
	}

	void count(NodePool pool, RoutingReason reason) {
		this.connector.count(pool, reason);
	}

	void lost(NodePool pool, SQLException ex) {
		this.connector.lost(pool, ex);
	}

}
