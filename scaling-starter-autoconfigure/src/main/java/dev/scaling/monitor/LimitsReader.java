package dev.scaling.monitor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import dev.scaling.pool.ServerLimits;
import dev.scaling.routing.NodePool;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads the connection limits of a node's server now and then.
 */
final class LimitsReader {

	private static final Log logger = LogFactory.getLog(LimitsReader.class);

	private final NodePool pool;

	private final @Nullable Duration interval;

	private long due = System.nanoTime();

	private volatile @Nullable ServerLimits limits;

	private volatile @Nullable String refusal;

	/**
	 * Creates a reader.
	 * @param interval how often to read, or {@code null} for never
	 */
	LimitsReader(NodePool pool, @Nullable Duration interval) {
		this.pool = pool;
		this.interval = interval;
	}

	@Nullable ServerLimits limits() {
		return this.limits;
	}

	@Nullable String refusal() {
		return this.refusal;
	}

	boolean isDue() {
		return this.interval != null && System.nanoTime() - this.due >= 0;
	}

	/**
	 * Reads. To be called by one thread at a time.
	 * @param connection a connection to the node
	 * @throws SQLException if that did not work
	 */
	void read(Connection connection) throws SQLException {
		Duration interval = this.interval;
		this.due = System.nanoTime() + ((interval != null) ? interval.toNanos() : 0);
		try {
			this.limits = ServerLimits.read(connection, this.pool.username());
			this.refusal = null;
		}
		catch (SQLException ex) {
			logger.debug("Connection limits of " + this.pool + " cannot be read", ex);
			this.refusal = ProbeFailures.of(ex).message();
			throw ex;
		}
	}

}
