package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.Access;
import dev.scaling.ConsistencyLevel;
import dev.scaling.NodeUnavailableException;
import dev.scaling.ReplicaSelector;
import dev.scaling.ShardOwnershipException;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.SessionPosition;
import dev.scaling.routing.LiveTopology.Snapshot;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Gives logical connections their physical ones: to a replica that is fresh enough for
 * the work, or to the primary. Each wait has a bound. Thread-safe.
 */
final class Connector {

	private static final Set<String> CONNECTION_FAILURES = Set.of("57P01", "57P02", "57P03");

	/**
	 * How long work waits for the probes that a suspicion has asked for.
	 */
	static final long PROBE_WAIT = Duration.ofSeconds(2).toNanos();

	private final LiveTopology topology;

	private final RoutingOptions options;

	Connector(LiveTopology topology, RoutingOptions options) {
		this.topology = topology;
		this.options = options;
	}

	/**
	 * Connects work that a replica may serve.
	 */
	void connectReplica(PhysicalLink connection, RoutingReason reason, Freshness freshness,
			@Nullable SessionPosition position, @Nullable NodePool avoided) throws SQLException {
		if (this.topology.replicas().isEmpty()) {
			connectPrimary(connection, RoutingReason.NO_REPLICAS);
			return;
		}
		RoutingReason otherwise = otherwise(freshness, position);
		if (otherwise != null) {
			connectPrimary(connection, otherwise);
			return;
		}
		ReadRequest request = new ReadRequest(this.topology, freshness,
				(freshness.level() == ConsistencyLevel.SESSION && this.options.consistency() == ConsistencyMode.SESSION)
						? position : null,
				this.options.consistencyWindow().toNanos(), avoided);
		Snapshot snapshot = this.topology.snapshot();
		if (snapshot.candidates().isEmpty()) {
			connectWithoutReplicas(connection, reason, request, snapshot);
			return;
		}
		List<ReplicaSelector.Candidate> candidates = request.fresh(snapshot.candidates());
		if (candidates.isEmpty() && connectVerified(connection, request, reason)) {
			return;
		}
		if (candidates.isEmpty() && !this.options.consistencyWait().isZero()) {
			candidates = awaitFresh(request);
			if (candidates.isEmpty() && connectVerified(connection, request, reason)) {
				return;
			}
		}
		if (candidates.size() == 1 && snapshot.candidates().size() > 1 && position != null
				&& position.isLongOnReplica()) {
			if (connectVerified(connection, request, reason)) {
				return;
			}
			position.notVerified();
		}
		if (candidates.isEmpty()) {
			connectPrimary(connection,
					(avoided != null) ? RoutingReason.READ_RETRY : (freshness.level() == ConsistencyLevel.BOUNDED)
							? RoutingReason.BOUNDED_STALENESS : RoutingReason.SESSION_CONSISTENCY);
		}
		else if (!connectAny(connection, candidates, request, reason)) {
			connectPrimary(connection, RoutingReason.REPLICAS_UNAVAILABLE);
		}
	}

	private List<ReplicaSelector.Candidate> awaitFresh(ReadRequest request) {
		long start = System.nanoTime();
		this.topology.requestProbes();
		boolean fresh = this.topology.await((current) -> !request.fresh(current.candidates()).isEmpty(),
				this.options.consistencyWait().toNanos());
		this.topology.waits(fresh).add(System.nanoTime() - start);
		return request.fresh(this.topology.snapshot().candidates());
	}

	/**
	 * Asks a replica whether it has reached the position of the session, which probes are
	 * too old to know.
	 */
	private boolean connectVerified(PhysicalLink connection, ReadRequest request, RoutingReason reason)
			throws SQLException {
		List<ReplicaSelector.Candidate> candidates = request.verifiable(this.topology.snapshot().candidates());
		if (candidates.isEmpty()) {
			return false;
		}
		NodePool pool = select(candidates);
		return !pool.isEmpty() && !pool.isExhausted() && connectReplica(connection, pool, reason, request);
	}

	/**
	 * Why the primary has to serve the work, whatever the replicas are like.
	 */
	private @Nullable RoutingReason otherwise(Freshness freshness, @Nullable SessionPosition position) {
		return switch (freshness.level()) {
			case STRONG -> RoutingReason.STRONG_CONSISTENCY;
			case SESSION -> (this.options.consistency() == ConsistencyMode.WINDOW && position != null
					&& position.hasWrittenWithin(this.options.consistencyWindow().toNanos()))
							? RoutingReason.SESSION_CONSISTENCY : null;
			case BOUNDED, EVENTUAL -> null;
		};
	}

	private void connectWithoutReplicas(PhysicalLink connection, RoutingReason reason, ReadRequest request,
			Snapshot snapshot) throws SQLException {
		if (snapshot.lagging().isEmpty()) {
			connectPrimary(connection, RoutingReason.REPLICAS_UNAVAILABLE);
			return;
		}
		switch (this.options.whenAllLag()) {
			case PRIMARY -> {
				if (snapshot.primary() != null || snapshot.conflict() != null
						|| !connectStale(connection, request, snapshot)) {
					connectPrimary(connection, RoutingReason.REPLICAS_LAGGING);
				}
			}
			case FAIL -> throw unavailable(RoutingReason.REPLICAS_LAGGING, null, null,
					"all replicas lag, and scaling.routing.when-all-lag is 'fail'");
			case STALE -> {
				if (!connectStale(connection, request, snapshot)) {
					connectPrimary(connection, RoutingReason.REPLICAS_LAGGING);
				}
			}
		}
	}

	private boolean connectStale(PhysicalLink connection, ReadRequest request, Snapshot snapshot) throws SQLException {
		List<ReplicaSelector.Candidate> candidates = request.fresh(List.copyOf(snapshot.lagging()));
		return !candidates.isEmpty() && connectAny(connection, candidates, request, RoutingReason.STALE_READ);
	}

	/**
	 * Connects work to the primary, and waits for one to appear if there is none.
	 */
	void connectPrimary(PhysicalLink connection, RoutingReason reason) throws SQLException {
		long start = System.nanoTime();
		boolean write = reason.access() == Access.WRITE;
		NodePool failed = null;
		SQLException failure = null;
		while (true) {
			Snapshot snapshot = settled();
			NodePool primary = snapshot.primary();
			if (primary != null && isUsable(snapshot, write)) {
				long epoch = this.topology.epoch();
				try {
					Connection physical = primary.connect();
					if (this.topology.isPrimary(primary)) {
						attach(connection, primary, physical, reason);
						return;
					}
					primary.evict(physical);
					continue;
				}
				catch (SQLException ex) {
					checkRefusal(ex);
					if (Thread.currentThread().isInterrupted()) {
						throw ex;
					}
					failure = ex;
				}
				boolean last = primary == failed && remaining(start, this.options.failoverWait()) <= 0;
				failed = primary;
				if (isExhausted(failure)) {
					last = remaining(start, this.options.acquisitionTimeout()) <= 0;
				}
				else {
					awaitVerdict(primary, epoch, remaining(start, this.options.failoverWait()));
				}
				if (last) {
					throw unavailable(reason, failed, failure, null);
				}
			}
			else if (!this.topology.await((current) -> isUsable(current, write),
					Math.max(0, remaining(start, this.options.failoverWait())))) {
				throw unavailable(reason, failed, failure, null);
			}
		}
	}

	private static long remaining(long start, Duration timeout) {
		return start + timeout.toNanos() - System.nanoTime();
	}

	/**
	 * What is known of the primary, asked again if that is too old or in doubt.
	 */
	private Snapshot settled() {
		this.topology.refresh(Math.min(PROBE_WAIT, this.options.failoverWait().toNanos()));
		NodePool primary = this.topology.snapshot().primary();
		if (primary != null && primary.isSuspected()) {
			this.topology.await((current) -> !primary.isSuspected(), PROBE_WAIT);
		}
		return this.topology.snapshot();
	}

	private static boolean isUsable(Snapshot snapshot, boolean write) {
		NodePool primary = snapshot.primary();
		return primary != null && (snapshot.writable() || (!write && snapshot.topology()
			.node(primary.node().id())
			.filter((status) -> status.state() == NodeState.UP)
			.isPresent()));
	}

	/**
	 * Waits until a probe has said whether the primary that could not be reached is
	 * there.
	 */
	private void awaitVerdict(NodePool primary, long epoch, long remaining) {
		this.topology.eject(primary, "no connection");
		if (!this.topology.isWatched()) {
			return;
		}
		this.topology.await((current) -> current.primary() != primary || this.topology.isProbedSince(primary, epoch),
				Math.max(0, remaining));
	}

	/**
	 * Whether a connection could not be had although the server works.
	 */
	private static boolean isExhausted(SQLException ex) throws SQLException {
		SQLException failure = connectionFailure(ex);
		if (failure == null && !(ex instanceof SQLTransientConnectionException)) {
			throw ex;
		}
		return (failure != null) ? NodePool.isFull(failure)
				: !(ex.getCause() instanceof SQLException) || NodePool.isFull(ex.getCause());
	}

	private boolean connectAny(PhysicalLink connection, List<ReplicaSelector.Candidate> candidates, ReadRequest request,
			RoutingReason reason) throws SQLException {
		NodePool pool = select(candidates);
		boolean connected = pool.isEmpty() ? connectCandidate(connection, pool, reason, false)
				: connectReplica(connection, pool, reason, null);
		return connected || connectNext(connection, pool, request, reason);
	}

	private NodePool select(List<ReplicaSelector.Candidate> candidates) {
		ReplicaSelector.Candidate selected = this.options.selector().select(candidates);
		if (!(selected instanceof NodePool pool)) {
			throw new IllegalStateException("Replica selector " + this.options.selector() + " returned " + selected
					+ ", which is none of its candidates " + candidates);
		}
		return pool;
	}

	private boolean connectReplica(PhysicalLink connection, NodePool pool, RoutingReason reason,
			@Nullable ReadRequest toVerify) throws SQLException {
		try {
			Connection physical = pool.connect();
			if (!pool.isProbedServer() && !pool.isSeveralServers()) {
				pool.release(physical);
				pool.evictAll();
				this.topology.requestProbe(pool);
				return false;
			}
			if (!isGivenWork(pool, reason)) {
				pool.release(physical);
				return false;
			}
			if (toVerify != null && !isVerified(pool, physical, toVerify)) {
				return false;
			}
			attach(connection, pool, physical, reason);
			return true;
		}
		catch (SQLException ex) {
			checkRefusal(ex);
			Throwable failure = (ex instanceof SQLTransientConnectionException) ? ex.getCause() : connectionFailure(ex);
			if (failure != null && Thread.currentThread().isInterrupted()) {
				throw ex;
			}
			if (failure != null && !NodePool.isFull(failure)) {
				this.topology.eject(pool, "no connection (" + failure.getMessage() + ")");
			}
			else if (!(ex instanceof SQLTransientConnectionException)) {
				throw ex;
			}
			return false;
		}
	}

	/**
	 * Whether a replica is still in use that was chosen before a wait for its connection.
	 */
	private boolean isGivenWork(NodePool pool, RoutingReason reason) {
		Snapshot snapshot = this.topology.snapshot();
		return snapshot.available().contains(pool)
				|| (reason == RoutingReason.STALE_READ && snapshot.lagging().contains(pool));
	}

	private static boolean isVerified(NodePool pool, Connection physical, ReadRequest request) throws SQLException {
		boolean verified = false;
		try {
			verified = request.isVerified(pool, physical);
		}
		finally {
			if (!verified) {
				pool.release(physical);
			}
		}
		return verified;
	}

	/**
	 * Tries the replicas in turn, again and again while one of them is merely exhausted,
	 * but never longer than the acquisition timeout. Only one caller at a time waits for
	 * an empty pool as long as another replica is there.
	 */
	private boolean connectNext(PhysicalLink connection, NodePool first, ReadRequest request, RoutingReason reason)
			throws SQLException {
		long deadline = System.nanoTime() + this.options.acquisitionTimeout().toNanos();
		boolean wait = false;
		do {
			List<NodePool> candidates = candidates(first, request, reason);
			if (candidates.isEmpty()) {
				return false;
			}
			boolean worthWaiting = false;
			for (NodePool pool : candidates) {
				if (connectCandidate(connection, pool, reason, wait)) {
					return true;
				}
				worthWaiting |= pool.isProbedServer() && !pool.isEmpty();
			}
			if (!worthWaiting && isPrimaryUp()) {
				return false;
			}
			wait = true;
		}
		while (System.nanoTime() < deadline);
		throw unavailable(reason, null, null, null);
	}

	/**
	 * The primary serves a read rather than a pool that has no connection yet, or one
	 * that reaches another server than the probes.
	 */
	private boolean isPrimaryUp() {
		return isUsable(this.topology.snapshot(), false);
	}

	private boolean connectCandidate(PhysicalLink connection, NodePool pool, RoutingReason reason, boolean wait)
			throws SQLException {
		if (pool.isEmpty()) {
			if (pool.startFilling()) {
				try {
					return connectReplica(connection, pool, reason, null);
				}
				finally {
					pool.endFilling();
				}
			}
			return wait && connectReplica(connection, pool, reason, null);
		}
		return (wait || !pool.isExhausted()) && connectReplica(connection, pool, reason, null);
	}

	private List<NodePool> candidates(NodePool last, ReadRequest request, RoutingReason reason) {
		Snapshot snapshot = this.topology.snapshot();
		List<NodePool> candidates = new ArrayList<>();
		for (ReplicaSelector.Candidate candidate : request
			.fresh((reason == RoutingReason.STALE_READ) ? List.copyOf(snapshot.lagging()) : snapshot.candidates())) {
			candidates.add((NodePool) candidate);
		}
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
	 * A shard that refuses this instance is not down, and refuses it again.
	 */
	private static void checkRefusal(SQLException ex) throws ShardOwnershipException {
		ShardOwnershipException refusal = ShardOwnershipException.of(ex);
		if (refusal != null) {
			throw refusal;
		}
	}

	/**
	 * Called when a physical connection has turned out to be gone. The interrupt of a
	 * virtual thread closes its socket, which says nothing of the server. If that is
	 * gone, too, the first one takes the node out of use for everybody, and throws its
	 * idle connections away.
	 */
	void lost(NodePool pool, SQLException ex) {
		SQLException failure = connectionFailure(ex);
		if (failure != null && !Thread.currentThread().isInterrupted()) {
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

	private NodeUnavailableException unavailable(RoutingReason reason, @Nullable NodePool failed,
			@Nullable SQLException cause, @Nullable String why) {
		SQLException failure = (cause != null) ? connectionFailure(cause) : null;
		Snapshot snapshot = this.topology.snapshot();
		StringBuilder message = new StringBuilder("No connection for ").append(describeCaller(reason)).append(':');
		if (why != null) {
			message.append(' ').append(why).append(';');
		}
		if (this.topology.isWatched() && !snapshot.writable() && !reason.isReplica()) {
			message.append(" cluster ")
				.append(snapshot.topology().cluster())
				.append((snapshot.conflict() != null) ? " has two primaries: " + snapshot.conflict()
						: " has no primary that can be used")
				.append(", waited ")
				.append(this.options.failoverWait().toMillis())
				.append(" ms (scaling.failover.wait);");
		}
		String exhausted = exhausted(snapshot, reason, failed);
		if (exhausted != null) {
			message.append(" the pool of ")
				.append(exhausted)
				.append(" is exhausted, waited ")
				.append(this.options.acquisitionTimeout().toMillis())
				.append(" ms (connection-timeout);");
		}
		for (NodeStatus status : snapshot.topology().nodes()) {
			this.topology.pool(status.node().id())
				.ifPresent((pool) -> message.append(' ')
					.append(describe(pool, status, (pool == failed) ? failure : null))
					.append(';'));
		}
		message.append((exhausted != null)
				? " let that work use connections for less time (call nothing remote in a transaction), or raise"
						+ " maximum-pool-size if the server of " + exhausted + " has connections to give"
				: " check that the nodes can be reached, or raise maximum-pool-size");
		return new NodeUnavailableException(message.toString(), cause);
	}

	/**
	 * The node whose full pool has kept the work waiting, if the node itself is well.
	 */
	private @Nullable String exhausted(Snapshot snapshot, RoutingReason reason, @Nullable NodePool failed) {
		return snapshot.topology()
			.nodes()
			.stream()
			.filter((status) -> status.state() == NodeState.UP)
			.flatMap((status) -> this.topology.pool(status.node().id()).stream())
			.filter((pool) -> (failed != null) ? pool == failed : reason.isReplica())
			.filter(NodePool::isExhausted)
			.map((pool) -> pool.node().id())
			.findFirst()
			.orElse(null);
	}

	private String describeCaller(RoutingReason reason) {
		String name = TransactionSynchronizationManager.getCurrentTransactionName();
		return reason.access().name().toLowerCase(Locale.ROOT) + " work" + ((name != null) ? " of " + name : "") + " ("
				+ reason.tag() + ")";
	}

	private static String describe(NodePool pool, NodeStatus status, @Nullable SQLException failure) {
		Node node = status.node();
		String role = " (" + status.role().name().toLowerCase(Locale.ROOT) + ")";
		if (failure != null) {
			return node.id() + role + " cannot be reached (" + failure.getMessage() + ")";
		}
		HikariPoolMXBean statistics = pool.statistics();
		String numbers = (statistics != null) ? " (" + statistics.getActiveConnections() + " of " + pool.maximumSize()
				+ " connections active, " + statistics.getIdleConnections() + " idle, "
				+ statistics.getThreadsAwaitingConnection() + " threads waiting" + holders(pool) + ")" : "";
		return node.id() + role + " is " + status.state().name().toLowerCase(Locale.ROOT)
				+ ((status.state() != NodeState.UP) ? " since " + status.since() : "")
				+ ((status.reason() != null) ? ", " + status.reason() : "") + numbers;
	}

	private static String holders(NodePool pool) {
		return pool.isExhausted() ? ", held by " + pool.holders().describe() : "";
	}

}
