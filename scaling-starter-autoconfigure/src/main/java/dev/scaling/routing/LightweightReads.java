package dev.scaling.routing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.scaling.topology.Node;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.postgresql.PGConnection;

/**
 * Which physical connections of a node can read without a transaction: those to a server
 * in recovery, with nobody in between, whose transactions are read committed. Each of
 * them is made read-only for good before it does, because its server may be promoted
 * meanwhile. Thread-safe.
 */
final class LightweightReads {

	private static final Log logger = LogFactory.getLog(LightweightReads.class);

	/**
	 * A setting that a pooler would hand on to others must not be made, so the condition
	 * and the setting are one statement.
	 */
	private static final String QUERY = """
			SELECT recovery, direct, isolation,
				CASE WHEN recovery AND direct AND isolation LIKE 'read %'
					THEN set_config('default_transaction_read_only', 'on', false) END
			FROM (SELECT pg_is_in_recovery() AS recovery, pg_backend_pid() = ? AS direct,
				current_setting('default_transaction_isolation') AS isolation) session
			""";

	private static final Session[] NONE = {};

	private final Node node;

	/**
	 * There are as many as the pool is large, and they come and go rarely.
	 */
	private volatile Session[] sessions = NONE;

	private final AtomicBoolean refused = new AtomicBoolean();

	LightweightReads(Node node) {
		this.node = node;
	}

	/**
	 * Whether a connection can read without a transaction, prepared for it if need be.
	 * @param driver the driver's connection
	 * @param pooled the same connection as its pool has given it
	 */
	boolean isPossible(Connection driver, Connection pooled) throws SQLException {
		for (Session session : this.sessions) {
			if (session.driver == driver) {
				return session.prepared;
			}
		}
		return driver.isWrapperFor(PGConnection.class) && prepare(driver, pooled);
	}

	private boolean prepare(Connection driver, Connection pooled) throws SQLException {
		pooled.setAutoCommit(true);
		try (PreparedStatement statement = driver.prepareStatement(QUERY)) {
			statement.setInt(1, driver.unwrap(PGConnection.class).getBackendPID());
			try (ResultSet resultSet = statement.executeQuery()) {
				resultSet.next();
				boolean prepared = resultSet.getString(4) != null;
				if (!resultSet.getBoolean(2)) {
					refuse("it is reached through a pooler that 'scaling.pgbouncer.mode' does not tell of");
				}
				else if (!prepared && resultSet.getBoolean(1)) {
					refuse("default_transaction_isolation is '" + resultSet.getString(3) + "' there");
				}
				add(new Session(driver, prepared));
				return prepared;
			}
		}
	}

	private void refuse(String reason) {
		if (this.refused.compareAndSet(false, true)) {
			logger.warn("Lightweight reads of " + this.node.id() + " use transactions, because " + reason);
		}
	}

	private synchronized void add(Session session) throws SQLException {
		List<Session> sessions = new ArrayList<>();
		for (Session known : this.sessions) {
			if (!known.driver.isClosed()) {
				sessions.add(known);
			}
		}
		sessions.add(session);
		this.sessions = sessions.toArray(NONE);
	}

	/**
	 * The settings of a connection have been reset.
	 */
	synchronized void forget(Connection driver) {
		this.sessions = Arrays.stream(this.sessions)
			.filter((session) -> session.driver != driver)
			.toArray(Session[]::new);
	}

	private record Session(Connection driver, boolean prepared) {

	}

}
