package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;

import dev.scaling.Access;
import dev.scaling.ReadOnlyTransactionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The half of a logical connection that knows when a physical connection is taken, to
 * which node, and when it is given back.
 */
abstract class PhysicalLink implements Connection, RoutedConnection {

	private static final Log logger = LogFactory.getLog(LogicalConnection.class);

	private final Router router;

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

	private @Nullable ConnectionSettings settings;

	private @Nullable RoutingReason reason;

	private @Nullable RoutingReason lastReason;

	/**
	 * What the current transaction said when it began.
	 */
	private @Nullable Access intent;

	private @Nullable Pin pin;

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

	private boolean physicalReadOnly;

	private boolean broken;

	PhysicalLink(Router router) {
		this.router = router;
		this.autoCommit = router.autoCommits();
		if (router.releasesOnClose()) {
			this.pin = Pin.RELEASE_ON_CLOSE;
		}
	}

	@Nullable NodePool pool() {
		return this.pool;
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
				this.begun = false;
				this.readOnlyStatement = false;
				if (this.lastReason == null) {
					pin(Pin.SESSION_SETUP);
				}
			}
			this.autoCommit = false;
			this.intent = this.router.beginning();
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
		if (this.broken && !commit) {
			// the server has rolled back already, or never will be asked again
			this.begun = false;
			return;
		}
		try {
			if (commit) {
				pooled.commit();
			}
			else {
				pooled.rollback();
			}
		}
		catch (SQLException ex) {
			throw failed(ex);
		}
		this.begun = false;
	}

	/**
	 * The physical connection for the next statement, taken and set up if need be.
	 */
	final Connection session() throws SQLException {
		Connection driver = this.driver;
		if (driver == null || (!this.autoCommit && !this.begun)) {
			return prepare();
		}
		if (this.autoCommit && !obtain(this.pool).node().isPrimary() && this.router.isForPrimary()) {
			stay(RoutingReason.EXPLICIT_PRIMARY);
		}
		return driver;
	}

	final Connection session(String sql) throws SQLException {
		Connection session = session();
		pin(this.router.pin(sql));
		return session;
	}

	final void beforeExecution() throws SQLException {
		if (!this.autoCommit && !this.begun) {
			prepare();
		}
	}

	final void beforeExecution(String sql) throws SQLException {
		beforeExecution();
		pin(this.router.pin(sql));
	}

	private Connection prepare() throws SQLException {
		checkOpen();
		ConnectionSettings settings = this.settings;
		if (this.autoCommit) {
			this.router.connect(this, this.router.routeStatement(this.readOnly, this.lastReason));
			if (!this.router.autoCommits()) {
				obtain(this.pooled).setAutoCommit(true);
			}
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
		this.physicalReadOnly = pool.isReadOnly();
		try {
			this.driver = NodePool.driverConnection(pooled);
			if (this.settings != null) {
				this.settings.apply(pooled);
			}
		}
		catch (SQLException ex) {
			SQLException failure = failed(ex);
			evict();
			throw failure;
		}
	}

	/**
	 * Another transaction runs on the connection that is held.
	 */
	private void stay(RoutingReason reason) throws SQLException {
		NodePool pool = obtain(this.pool);
		if (!reason.isReplica() && !pool.node().isPrimary()) {
			String what = (reason.access() == Access.WRITE) ? "A read-write transaction"
					: "Work for the primary (" + reason.tag() + ")";
			String why = (this.pin != null) ? this.pin.description() : "a statement of it is open";
			throw new ReadOnlyTransactionException(what + ofMethod()
					+ " cannot run on a connection that stays with the replica " + pool.node().id() + ", because " + why
					+ ": close the connection before the transaction, or run what came first in a read-write transaction,"
					+ " too", null);
		}
		this.reason = reason;
		this.router.count(pool, (this.pin != null) ? RoutingReason.PINNED : reason);
	}

	private void begin() throws SQLException {
		Connection pooled = obtain(this.pooled);
		boolean readOnly = obtain(this.reason).access() == Access.READ;
		try {
			pooled.setAutoCommit(false);
			this.begun = true;
			if (readOnly != this.physicalReadOnly) {
				pooled.setReadOnly(readOnly);
				this.physicalReadOnly = readOnly;
			}
			if (this.settings != null) {
				this.settings.applyIsolation(pooled);
			}
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
		if (obtain(this.reason).access() == Access.READ && obtain(this.pool).node().isPrimary()) {
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

	final <S extends LogicalStatement<?>> S open(S statement) {
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
		NodePool pool = this.pool;
		if (pool == null || this.closed) {
			return ex;
		}
		if (!this.broken && isGone()) {
			this.broken = true;
			this.router.lost(pool, ex);
		}
		else if (!this.broken && this.readOnlyStatement) {
			try {
				endReadOnlyStatement(false);
			}
			catch (SQLException rollbackException) {
				ex.addSuppressed(rollbackException);
			}
		}
		return ReadOnlyTransactionException.SQL_STATE.equals(ex.getSQLState()) ? refusedWrite(pool, ex) : ex;
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

	private ReadOnlyTransactionException refusedWrite(NodePool pool, SQLException ex) {
		if (obtain(this.reason).access() == Access.WRITE) {
			return new ReadOnlyTransactionException("Node " + pool.node().id()
					+ ", which is configured as the primary, refuses to write (" + ex.getMessage()
					+ "): it is a standby now, or default_transaction_read_only is set on it; correct scaling.primary.url",
					ex);
		}
		String transaction = this.autoCommit
				? "Work outside of a transaction, routed as '" + obtain(this.reason).tag() + "',"
				: "The read-only transaction" + ofMethod();
		String cure = this.autoCommit
				? "run it in a read-write transaction, or on a new connection in RoutingContext.write()"
				: "declare that method without readOnly = true, or write in a transaction of its own (REQUIRES_NEW)";
		return new ReadOnlyTransactionException(
				transaction + " on " + pool.node().id() + " cannot write (" + ex.getMessage() + "): " + cure, ex);
	}

	private static String ofMethod() {
		String name = TransactionSynchronizationManager.getCurrentTransactionName();
		return (name != null) ? " of " + name : "";
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
		if (this.begun && !this.broken) {
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
		if (this.broken || !isClean(pool, pooled)) {
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

	private boolean isClean(NodePool pool, Connection pooled) {
		Pin.Cleaning cleaning = (this.pin != null) ? this.pin.cleaning() : Pin.Cleaning.NONE;
		if (cleaning == Pin.Cleaning.EVICT || (cleaning == Pin.Cleaning.RESET && pool.hasInitialization())) {
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
		this.pool = null;
		this.pooled = null;
		this.driver = null;
		this.begun = false;
		this.readOnlyStatement = false;
	}

	private static <T> T obtain(@Nullable T value) {
		if (value == null) {
			throw new IllegalStateException("No physical connection");
		}
		return value;
	}

}
