package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;

import dev.scaling.Access;
import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.ShardMovedException;
import dev.scaling.consistency.ReadFloor;
import dev.scaling.consistency.SessionPosition;
import dev.scaling.topology.Node;
import dev.scaling.topology.PoolerMode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The half of a logical connection that knows when a physical connection is taken, to
 * which node, and when it is given back.
 */
abstract class PhysicalLink implements Connection, RoutedConnection {

	private static final Log logger = LogFactory.getLog(LogicalConnection.class);

	private static final String UNDEFINED_TABLE = "42P01";

	private final Routers routers;

	/**
	 * The router of the cluster that the connection works on.
	 */
	private Router router;

	/**
	 * The shard that the connection has come to, or {@code null} if it has not worked
	 * yet, or there are no shards.
	 */
	private @Nullable ShardBinding shard;

	private @Nullable NodePool pool;

	/**
	 * The physical connection as its pool has given it: whatever has to be put back when
	 * it returns is set through it.
	 */
	private @Nullable Connection pooled;

	/**
	 * The driver's side of the same connection: makes the statements.
	 */
	private @Nullable Connection driver;

	private @Nullable LogicalStatement<?> openStatements;

	/**
	 * Is told of each execution, or {@code null} if nobody wants to know.
	 */
	final @Nullable StatementListener statementListener;

	/**
	 * The work that may be given up meanwhile, or {@code null} if nobody can.
	 */
	private final @Nullable DelegatedWork work;

	private @Nullable ConnectionSettings settings;

	private @Nullable RoutingReason reason;

	private @Nullable RoutingReason lastReason;

	/**
	 * What the current transaction said when it began.
	 */
	private @Nullable Access intent;

	private @Nullable Pin pin;

	/**
	 * How far the session of the work has come, or {@code null} if nobody needs to know.
	 */
	private @Nullable SessionPosition position;

	/**
	 * Whether the session has been told that work has begun, and not yet that it has
	 * ended.
	 */
	private boolean observed;

	/**
	 * Whether that work is auto-commit work that may write.
	 */
	private boolean writingStatements;

	/**
	 * Whether the physical connection belongs to the node that was the primary when it
	 * was taken.
	 */
	private boolean onPrimary;

	/**
	 * Whether the transaction has set a savepoint, which another node would not know.
	 */
	private boolean savepoint;

	private int aborts;

	/**
	 * How many statements have been executed on the logical connection.
	 */
	private int executions;

	/**
	 * The note of who holds the physical connection.
	 */
	private int holder = Holders.NOT_NOTED;

	private boolean autoCommit;

	private boolean readOnly;

	private boolean closed;

	/**
	 * Whether the physical connection has been set up for the current transaction.
	 */
	private boolean begun;

	/**
	 * Whether a read-only transaction stands for auto-commit mode, see
	 * {@link #beginReadOnlyStatement}.
	 */
	private boolean readOnlyStatement;

	/**
	 * Whether the transaction that begins may do without one on a replica.
	 */
	private boolean lightweightIntent;

	/**
	 * Whether the transaction has none on the server: its statements commit themselves.
	 */
	private boolean lightweight;

	private boolean physicalReadOnly;

	private boolean broken;

	PhysicalLink(Routers routers) {
		Router router = routers.first();
		this.routers = routers;
		this.router = router;
		this.autoCommit = router.autoCommits();
		this.statementListener = router.statementListener();
		this.work = RouteState.current().work;
		if (router.releasesOnClose()) {
			this.pin = Pin.RELEASE_ON_CLOSE;
		}
	}

	@Nullable NodePool pool() {
		return this.pool;
	}

	/**
	 * Whether a pooler lends the session of the physical connection to others, too.
	 */
	final boolean isOnSharedSession() {
		NodePool pool = this.pool;
		return pool != null && pool.poolerMode().isShared();
	}

	boolean isOnPrimary() {
		return this.onPrimary;
	}

	@Nullable Connection physical() {
		return this.pooled;
	}

	@Nullable ConnectionSettings settings() {
		return this.settings;
	}

	ConnectionSettings obtainSettings() {
		ConnectionSettings settings = this.settings;
		if (settings == null) {
			settings = new ConnectionSettings();
			this.settings = settings;
		}
		return settings;
	}

	boolean isInTransaction() {
		return this.begun && !this.autoCommit;
	}

	@Override
	public boolean getAutoCommit() throws SQLException {
		checkOpen();
		return this.autoCommit;
	}

	@Override
	public boolean isReadOnly() throws SQLException {
		checkOpen();
		return this.readOnly;
	}

	@Override
	public boolean isClosed() {
		return this.closed;
	}

	final void checkOpen() throws SQLException {
		if (this.closed) {
			throw new SQLException("This connection has been closed.", "08003");
		}
	}

	final void checkInTransactionMode(String action) throws SQLException {
		checkOpen();
		if (this.autoCommit) {
			throw new SQLException("Cannot " + action + " in auto-commit mode.", "25P01");
		}
	}

	@Override
	public void setReadOnly(boolean readOnly) throws SQLException {
		checkOpen();
		if (this.readOnly != readOnly && isInTransaction()) {
			throw new SQLException("Cannot change transaction read-only property in the middle of a transaction.",
					"25001");
		}
		this.readOnly = readOnly;
	}

	@Override
	public void setAutoCommit(boolean autoCommit) throws SQLException {
		checkOpen();
		if (autoCommit == this.autoCommit) {
			return;
		}
		if (autoCommit) {
			if (this.pooled != null) {
				endTransaction(true);
			}
			this.autoCommit = true;
			this.intent = null;
			releaseIfFree();
			leaveTransactionMode();
		}
		else {
			if (this.pooled != null) {
				endReadOnlyStatement(true);
				observeEnd(false);
				this.begun = false;
				this.readOnlyStatement = false;
				if (this.lastReason == null) {
					setUp();
				}
			}
			this.autoCommit = false;
			this.intent = this.router.beginning();
			this.lightweightIntent = this.router.isLightweight();
		}
	}

	/**
	 * A transaction follows statements that may have set up its session, which a pooler
	 * gives to somebody else: then there is nothing to keep.
	 */
	private void setUp() throws SQLException {
		if (isOnSharedSession()) {
			this.router.sessionNotKept(obtain(this.pool));
			if (this.pin == null && this.openStatements == null) {
				release();
			}
		}
		else {
			pin(Pin.SESSION_SETUP);
		}
	}

	/**
	 * A physical connection that is kept works in the same mode as the logical one.
	 */
	private void leaveTransactionMode() throws SQLException {
		Connection pooled = this.pooled;
		if (pooled != null && !this.broken) {
			try {
				pooled.setAutoCommit(true);
			}
			catch (SQLException ex) {
				throw failed(ex);
			}
		}
	}

	@Override
	public void commit() throws SQLException {
		checkInTransactionMode("commit");
		if (this.begun) {
			endTransaction(true);
			releaseIfFree();
		}
	}

	@Override
	public void rollback() throws SQLException {
		checkInTransactionMode("roll back");
		if (this.begun) {
			endTransaction(false);
			releaseIfFree();
		}
	}

	private void endTransaction(boolean commit) throws SQLException {
		Connection pooled = this.pooled;
		if (pooled == null || !this.begun) {
			return;
		}
		this.lastReason = obtain(this.reason);
		this.savepoint = false;
		if (this.broken && !commit) {
			// the server has rolled back already, or never will be asked again
			this.begun = false;
			this.lightweight = false;
			return;
		}
		if (this.lightweight) {
			observeEnd(false);
			this.begun = false;
			this.lightweight = false;
			return;
		}
		boolean lost = this.broken;
		try {
			ending(true);
			if (commit) {
				commit(pooled);
			}
			else {
				pooled.rollback();
				observeEnd(false);
			}
		}
		catch (SQLException ex) {
			throw commit ? failedCommit(ex, !lost) : failed(ex);
		}
		finally {
			ending(false);
		}
		this.begun = false;
	}

	private void ending(boolean ending) {
		if (this.work != null) {
			this.work.committing(ending);
		}
	}

	/**
	 * Commits, and tells the session before anybody else knows.
	 */
	private void commit(Connection pooled) throws SQLException {
		SessionPosition position = this.position;
		Connection driver = obtain(this.driver);
		boolean write = isWriting();
		if (position == null || !this.observed) {
			pooled.commit();
		}
		else if (needsPosition(position, write) && CommitPosition.isReadable(driver)) {
			ReadFloor before = position.readFloor();
			observeEnd(position, CommitPosition.commit(driver, this.onPrimary), before);
		}
		else {
			pooled.commit();
			observeEnd(write);
		}
	}

	private boolean isWriting() {
		return this.onPrimary && obtain(this.reason).access() == Access.WRITE;
	}

	/**
	 * A position leaves the process with its session, and lets a session that would
	 * rather read elsewhere ask a replica whether it has reached it.
	 */
	private boolean needsPosition(SessionPosition position, boolean write) {
		return position.isExact(write) || (this.onPrimary ? this.reason == RoutingReason.SESSION_CONSISTENCY
				: position.isLongOnReplica() && this.router.hasChoice());
	}

	private void observeEnd(SessionPosition position, long reached, @Nullable ReadFloor before) {
		NodePool pool = obtain(this.pool);
		int timeline = position.cluster().timeline();
		if (reached < 0 || this.router.isPrimary(pool) != this.onPrimary) {
			observeEnd(isWriting());
			return;
		}
		this.observed = false;
		if (!this.onPrimary) {
			position.endReplica(new ReadFloor(pool.node(), position.cluster().epoch(), reached));
		}
		else if (isWriting()) {
			position.endWrite(reached, timeline);
		}
		else {
			position.endRead(reached, timeline, before);
		}
	}

	/**
	 * Tells the session that work has ended.
	 * @param written whether it may have committed a write
	 */
	private void observeEnd(boolean written) {
		SessionPosition position = this.position;
		if (position == null || !this.observed) {
			return;
		}
		this.observed = false;
		if (!this.onPrimary) {
			position.endReplica(obtain(this.pool).floor(position.cluster().epoch()));
		}
		else if (written || this.writingStatements) {
			position.endWrite();
		}
		else {
			position.endRead();
		}
		this.writingStatements = false;
	}

	private void observeBegin() {
		SessionPosition position = this.position;
		if (position == null) {
			return;
		}
		this.observed = true;
		if (this.onPrimary) {
			this.writingStatements = this.autoCommit && isWriting();
			position.beginPrimary(this.writingStatements);
		}
		else {
			position.beginReplica(obtain(this.pool).openFloor());
		}
	}

	/**
	 * A commit whose answer did not come may have happened: the session has to assume it.
	 */
	private SQLException failedCommit(SQLException ex, boolean sent) {
		noteFailure(ex);
		observeEnd(isWriting());
		if (this.broken && sent && isWriting()) {
			NodePool pool = obtain(this.pool);
			return failedWork(pool).outcomeUnknown(ex, this.aborts != pool.aborts());
		}
		return translated(ex);
	}

	private FailedWork failedWork(NodePool pool) {
		return new FailedWork(pool, obtain(this.reason), this.autoCommit);
	}

	/**
	 * The physical connection for the next statement, taken and set up if need be.
	 */
	final Connection session() throws SQLException {
		Connection driver = this.driver;
		if (driver == null || (!this.autoCommit && !this.begun)) {
			return prepare();
		}
		checkShard();
		checkSchema();
		observeStatement();
		return this.onPrimary ? driver : leaveReplica(driver);
	}

	/**
	 * A connection stays on the shard that it has come to.
	 */
	private void checkShard() {
		if (this.shard != null) {
			this.routers.check(this.shard);
		}
	}

	/**
	 * A schema ends with its transaction on a session that others use, too.
	 */
	private void checkSchema() throws SQLException {
		ConnectionSettings settings = this.settings;
		if (settings != null && settings.schema() != null && this.autoCommit && isOnSharedSession()) {
			throw SharedSessions.schemaOutsideOfTransaction(obtain(this.pool), settings.schema());
		}
	}

	/**
	 * A connection that is kept goes on with auto-commit work after a transaction.
	 */
	private void observeStatement() {
		if (this.autoCommit && !this.observed && this.pooled != null) {
			observeBegin();
		}
	}

	/**
	 * Work on a replica goes on elsewhere if the primary is asked for, or if its session
	 * has written since: a read-only transaction that is read committed loses nothing by
	 * that.
	 */
	private Connection leaveReplica(Connection driver) throws SQLException {
		if (this.autoCommit) {
			if (this.router.isForPrimary()) {
				stay(RoutingReason.EXPLICIT_PRIMARY);
			}
			return driver;
		}
		NodePool pool = obtain(this.pool);
		if (!this.router.isOutdated(pool, this.position) || isSnapshot()) {
			return driver;
		}
		if (this.pin != null || this.openStatements != null || this.savepoint) {
			this.router.outdated(pool, this.pin);
			return driver;
		}
		endTransaction(true);
		release();
		return prepare();
	}

	/**
	 * Whether the transaction sees the data as it was when it began, wherever it is.
	 */
	private boolean isSnapshot() {
		ConnectionSettings settings = this.settings;
		return settings != null && settings.isolation > TRANSACTION_READ_COMMITTED;
	}

	final void savepointSet() {
		this.savepoint = true;
	}

	final Connection session(String sql) throws SQLException {
		Connection session = session();
		pin(sql);
		return session;
	}

	final void beforeExecution() throws SQLException {
		this.executions++;
		if (!this.autoCommit && !this.begun) {
			prepare();
		}
		checkShard();
		checkSchema();
		observeStatement();
	}

	final void beforeExecution(String sql) throws SQLException {
		beforeExecution();
		pin(sql);
	}

	/**
	 * What leaves state on the session keeps it, or is refused where that cannot be done.
	 */
	private void pin(String sql) throws SQLException {
		if (this.lightweight && this.router.needsTransaction(sql)) {
			beginLate();
		}
		Pin pin = this.router.pin(sql);
		if (pin == null) {
			return;
		}
		NodePool pool = this.pool;
		if (pool == null || !pool.poolerMode().isShared()) {
			pin(pin);
		}
		else if (this.router.isLeavingState(sql)) {
			throw SharedSessions.state(pool, sql);
		}
		else if (pin == Pin.TRANSACTION) {
			if (pool.poolerMode() == PoolerMode.STATEMENT) {
				throw SharedSessions.transaction(pool);
			}
			pin(pin);
		}
	}

	/**
	 * The server begins to work: from here to {@link #executionEnded()} it can be told to
	 * stop.
	 */
	final void executionBegins() throws SQLException {
		Connection driver = this.driver;
		if (this.work != null && driver != null) {
			this.work.begin(driver);
		}
	}

	final void executionEnded() {
		if (this.work != null) {
			this.work.end();
		}
	}

	private Connection prepare() throws SQLException {
		checkOpen();
		if (this.routers.isSharded()) {
			ShardBinding shard = this.routers.route(this.shard, !this.autoCommit);
			this.shard = shard;
			this.router = this.routers.router(shard);
		}
		ConnectionSettings settings = this.settings;
		if (this.pooled == null) {
			this.position = this.router.position();
		}
		if (this.autoCommit) {
			this.router.connect(this, this.router.routeStatement(this.readOnly, this.lastReason));
			if (!this.router.autoCommits()) {
				obtain(this.pooled).setAutoCommit(true);
			}
			if (this.onPrimary && this.physicalReadOnly && obtain(this.reason).access() == Access.WRITE) {
				obtain(this.pooled).setReadOnly(false);
				this.physicalReadOnly = false;
			}
			checkSchema();
			beginReadOnlyStatement();
		}
		else {
			RoutingReason reason = this.router.routeTransaction(this.readOnly, this.intent,
					(settings != null) ? settings.isolation : TRANSACTION_NONE);
			if (this.pooled == null) {
				this.router.connect(this, reason);
			}
			else {
				stay(reason);
			}
			begin();
		}
		return obtain(this.driver);
	}

	/**
	 * Called by the router with the physical connection.
	 */
	final void attach(NodePool pool, Connection pooled, RoutingReason reason) throws SQLException {
		this.pool = pool;
		this.pooled = pooled;
		this.reason = reason;
		this.broken = false;
		this.onPrimary = reason.access() == Access.WRITE || this.router.isPrimary(pool);
		this.aborts = pool.aborts();
		this.holder = pool.holders().add(TransactionName.ofHolder());
		this.physicalReadOnly = pool.isReadOnly();
		try {
			this.driver = NodePool.driverConnection(pooled);
			if (this.settings != null) {
				this.settings.apply(pooled, pool.poolerMode().isShared());
			}
		}
		catch (SQLException ex) {
			SQLException failure = failed(ex);
			evict();
			throw failure;
		}
		observeBegin();
	}

	final @Nullable SessionPosition position() {
		return this.position;
	}

	/**
	 * Another transaction runs on the connection that is held.
	 */
	private void stay(RoutingReason reason) throws SQLException {
		NodePool pool = obtain(this.pool);
		if (!reason.isReplica() && !this.onPrimary) {
			throw new FailedWork(pool, reason, this.autoCommit).cannotLeave(this.pin);
		}
		this.reason = reason;
		pool.holders().set(this.holder, TransactionName.ofHolder());
		if (!this.observed) {
			if (!this.onPrimary && this.router.isOutdated(pool, this.position)) {
				this.router.outdated(pool, this.pin);
			}
			observeBegin();
		}
		this.router.count(pool, (this.pin != null) ? RoutingReason.PINNED : reason);
	}

	private void begin() throws SQLException {
		if (this.lightweightIntent && isLightweight()) {
			this.begun = true;
			this.lightweight = true;
		}
		else {
			beginOnServer();
		}
	}

	/**
	 * Whether auto-commit mode is as good as a transaction, as far as anybody has said.
	 */
	private boolean isLightweight() throws SQLException {
		NodePool pool = obtain(this.pool);
		if (this.onPrimary || !obtain(this.reason).isReplica() || pool.poolerMode() != PoolerMode.NONE || isSnapshot()
				|| !this.router.limits(false).isEmpty()) {
			return false;
		}
		Connection pooled = obtain(this.pooled);
		try {
			if (pool.lightweightReads().isPossible(obtain(this.driver), pooled)) {
				pooled.setAutoCommit(true);
				return true;
			}
			return false;
		}
		catch (SQLException ex) {
			throw failed(ex);
		}
	}

	/**
	 * Begins the transaction on the server that has not been needed so far. Statements
	 * that were executed before it have seen what they would have seen in it.
	 */
	final void beginLate() throws SQLException {
		if (this.lightweight) {
			this.lightweight = false;
			beginOnServer();
		}
	}

	/**
	 * Whether the work has no transaction on the server, although it is in one.
	 */
	final boolean isWithoutTransaction() {
		return this.lightweight;
	}

	private void beginOnServer() throws SQLException {
		Connection pooled = obtain(this.pooled);
		boolean readOnly = obtain(this.reason).access() == Access.READ;
		NodePool pool = obtain(this.pool);
		if (pool.poolerMode() == PoolerMode.STATEMENT) {
			throw SharedSessions.transaction(pool);
		}
		try {
			pooled.setAutoCommit(false);
			this.begun = true;
			if (readOnly != this.physicalReadOnly) {
				pooled.setReadOnly(readOnly);
				this.physicalReadOnly = readOnly;
			}
			this.router.limits(this.onPrimary).apply(pooled, this.settings, pool.poolerMode().isShared());
		}
		catch (SQLException ex) {
			throw failed(ex);
		}
	}

	/**
	 * A read that fell back to the primary must not write there, but the driver's
	 * read-only flag does nothing in auto-commit mode: a read-only transaction stands for
	 * it.
	 */
	private void beginReadOnlyStatement() throws SQLException {
		if (obtain(this.reason).access() == Access.READ && this.onPrimary
				&& obtain(this.pool).poolerMode() != PoolerMode.STATEMENT) {
			begin();
			this.readOnlyStatement = true;
		}
	}

	private void endReadOnlyStatement(boolean commit) throws SQLException {
		Connection pooled = this.pooled;
		if (this.readOnlyStatement && pooled != null) {
			if (commit) {
				pooled.commit();
			}
			else {
				pooled.rollback();
			}
		}
	}

	final void pin(@Nullable Pin pin) {
		if (pin != null && (this.pin == null || this.pin.compareTo(pin) < 0)) {
			this.pin = pin;
		}
	}

	final <S extends LogicalStatement<?>> S open(S statement) throws SQLException {
		if (this.autoCommit && !this.begun) {
			this.router.limits(this.onPrimary).applyTo(statement.delegate);
		}
		LogicalStatement<?> first = this.openStatements;
		if (first != null) {
			first.previous = statement;
			statement.next = first;
		}
		this.openStatements = statement;
		return statement;
	}

	final void statementClosed(LogicalStatement<?> statement) throws SQLException {
		if (statement != this.openStatements && statement.previous == null) {
			return;
		}
		if (statement.previous != null) {
			statement.previous.next = statement.next;
		}
		else {
			this.openStatements = statement.next;
		}
		if (statement.next != null) {
			statement.next.previous = statement.previous;
		}
		statement.previous = null;
		statement.next = null;
		if (this.autoCommit && this.openStatements == null) {
			endReadOnlyStatement(true);
		}
		releaseIfFree();
	}

	/**
	 * Gives the physical connection back unless a transaction, an open statement or a pin
	 * needs it. On a connection that has had no transaction yet, a statement in
	 * auto-commit mode may set up the session for one: it is kept until that is known.
	 */
	private void releaseIfFree() throws SQLException {
		if (this.pooled == null || this.pin != null || this.openStatements != null) {
			return;
		}
		if (this.autoCommit ? this.lastReason != null : !this.begun) {
			release();
		}
	}

	/**
	 * Handles an exception of the physical connection.
	 * @return the exception to throw
	 */
	final SQLException failed(SQLException ex) {
		if (this.pool == null || this.closed) {
			return ex;
		}
		noteFailure(ex);
		return translated(ex);
	}

	private void noteFailure(SQLException ex) {
		NodePool pool = obtain(this.pool);
		if (!this.broken && isGone()) {
			this.broken = true;
			if (this.work == null || !this.work.isGivenUp()) {
				this.router.lost(pool, ex);
			}
		}
		else if (!this.broken && this.readOnlyStatement) {
			try {
				endReadOnlyStatement(false);
			}
			catch (SQLException rollbackException) {
				ex.addSuppressed(rollbackException);
			}
		}
	}

	private SQLException translated(SQLException ex) {
		NodePool pool = obtain(this.pool);
		if (this.broken && this.aborts != pool.aborts()) {
			return failedWork(pool).aborted(ex);
		}
		if (UNDEFINED_TABLE.equals(ex.getSQLState()) && this.shard != null && this.shard.isAt(Node.MAIN_CLUSTER)) {
			return new SQLException(ex.getMessage()
					+ "\nWork without a shard key runs on the cluster 'main': if the table is on shards,"
					+ " the key is missing, or another thread had it", ex.getSQLState(), ex.getErrorCode(), ex);
		}
		String state = ex.getSQLState();
		if (ShardMovedException.SQL_STATE.equals(state)) {
			throw moved(pool, ex);
		}
		return ReadOnlyTransactionException.SQL_STATE.equals(state) ? failedWork(pool).refusedWrite(ex) : ex;
	}

	/**
	 * What is known of the key is forgotten, so that the next transaction asks again.
	 */
	private ShardMovedException moved(NodePool pool, SQLException ex) {
		MovedKey moved = MovedKey.find(ex);
		if (moved != null) {
			this.routers.forget(moved.keyspace(), moved.key());
		}
		return failedWork(pool).moved(ex, moved);
	}

	/**
	 * Whether the next statement is the first one, and its key may move.
	 */
	final boolean isOnMovableKey() {
		return this.executions == 0 && this.shard != null && this.routers.isMovable(this.shard);
	}

	/**
	 * Whether a statement that was refused may be executed on the shard that its key
	 * moves to: nothing has happened before it, in no transaction of this connection, and
	 * no session state is left behind.
	 */
	final boolean mayFollowKey(SQLException ex, LogicalStatement<?> statement) {
		return ShardMovedException.SQL_STATE.equals(ex.getSQLState()) && this.executions == 1 && this.shard != null
				&& this.pin == null && !this.savepoint && !this.broken && this.openStatements == statement
				&& statement.next == null && statement.isRepeatable() && this.shard.isFor(MovedKey.find(ex));
	}

	/**
	 * Waits, without a physical connection, until the key has moved.
	 * @return the driver's connection to the shard that owns the key now
	 */
	final Connection followKey(SQLException ex) throws SQLException {
		ShardBinding before = obtain(this.shard);
		ShardMovedException moved = moved(obtain(this.pool), ex);
		try {
			if (this.begun && !this.lightweight) {
				obtain(this.pooled).rollback();
			}
		}
		catch (SQLException rollbackException) {
			moved.addSuppressed(rollbackException);
			this.broken = true;
		}
		this.begun = false;
		this.readOnlyStatement = false;
		release();
		ShardBinding after = this.routers.follow(before);
		if (after == null) {
			throw moved;
		}
		this.shard = after;
		return prepare();
	}

	/**
	 * Whether the session has ended. The SQLSTATE does not tell: functions and foreign
	 * tables raise those of lost connections, too.
	 */
	private boolean isGone() {
		try {
			return obtain(this.pooled).isClosed() || (this.driver != null && this.driver.isClosed());
		}
		catch (SQLException ex) {
			return true;
		}
	}

	@Override
	public void close() throws SQLException {
		if (this.closed) {
			return;
		}
		this.closed = true;
		if (this.pooled != null) {
			closeStatements();
			closePhysical();
		}
	}

	@Override
	public void abort(Executor executor) throws SQLException {
		if (!this.closed) {
			this.closed = true;
			Connection pooled = this.pooled;
			if (pooled != null) {
				this.broken = true;
				try {
					pooled.abort(executor);
				}
				finally {
					release();
				}
			}
		}
	}

	private void closeStatements() {
		LogicalStatement<?> statement = this.openStatements;
		this.openStatements = null;
		while (statement != null) {
			statement.rowsRead(-1);
			try {
				statement.delegate.close();
			}
			catch (SQLException ex) {
				logger.debug("Statement of " + this + " could not be closed", ex);
			}
			LogicalStatement<?> next = statement.next;
			statement.previous = null;
			statement.next = null;
			statement = next;
		}
	}

	private void closePhysical() throws SQLException {
		if (this.begun && !this.lightweight && !this.broken) {
			try {
				obtain(this.pooled).rollback();
			}
			catch (SQLException ex) {
				logger.debug("Transaction of " + this + " could not be rolled back", ex);
				this.broken = true;
			}
		}
		release();
	}

	/**
	 * Gives the physical connection back to its pool, or throws it away if another
	 * borrower must not get it.
	 */
	private void release() throws SQLException {
		NodePool pool = obtain(this.pool);
		Connection pooled = obtain(this.pooled);
		if (this.broken || isCancelled() || !isClean(pool, pooled)) {
			evict();
			return;
		}
		forget();
		try {
			pool.release(pooled);
		}
		catch (SQLException ex) {
			logger.debug("Connection to " + pool + " could not be given back", ex);
		}
	}

	private boolean isCancelled() {
		return this.work != null && this.work.isCancelled(this.driver);
	}

	private boolean isClean(NodePool pool, Connection pooled) {
		Pin.Cleaning cleaning = (this.pin != null) ? this.pin.cleaning() : Pin.Cleaning.NONE;
		if (cleaning == Pin.Cleaning.EVICT
				|| (cleaning == Pin.Cleaning.RESET && (pool.hasInitialization() || pool.poolerMode().isShared()))) {
			return false;
		}
		if (cleaning == Pin.Cleaning.NONE && this.settings == null) {
			return true;
		}
		try {
			pooled.setAutoCommit(true);
			if (this.settings != null) {
				this.settings.reset(pooled);
			}
			if (cleaning == Pin.Cleaning.RESET) {
				pool.clean(pooled);
			}
			return true;
		}
		catch (SQLException ex) {
			logger.debug("Connection to " + pool + " could not be cleaned and is closed", ex);
			return false;
		}
	}

	private void evict() throws SQLException {
		NodePool pool = obtain(this.pool);
		Connection pooled = obtain(this.pooled);
		forget();
		pool.evict(pooled);
	}

	private void forget() {
		observeEnd(false);
		obtain(this.pool).holders().remove(this.holder);
		this.holder = Holders.NOT_NOTED;
		this.pool = null;
		this.pooled = null;
		this.driver = null;
		this.begun = false;
		this.lightweight = false;
		this.readOnlyStatement = false;
	}

	private static <T> T obtain(@Nullable T value) {
		if (value == null) {
			throw new IllegalStateException("No physical connection");
		}
		return value;
	}

}
