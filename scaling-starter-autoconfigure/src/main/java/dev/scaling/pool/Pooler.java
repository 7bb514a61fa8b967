package dev.scaling.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.WeakHashMap;

import com.zaxxer.hikari.HikariConfig;
import dev.scaling.topology.PoolerMode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/**
 * The pooler, such as PgBouncer, between the application and a node: what has been said
 * about it, and whether that is true. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Pooler {

	private static final Log logger = LogFactory.getLog(Pooler.class);

	private static final String PROTOCOL_VIOLATION = "08P01";

	/**
	 * The oldest server that the application can have: the driver need not ask, and sends
	 * its name with the log-in instead of a {@code SET} on whatever session it gets.
	 */
	private static final String OLDEST_SERVER = "15";

	private static final int DEFAULT_THRESHOLD = threshold();

	private final String node;

	private final String property;

	private final PoolerMode mode;

	private final PreparedStatements preparedStatements;

	/**
	 * Whether the pooler kept track of the prepared statements of the last connection, or
	 * {@code null} before the first.
	 */
	private volatile @Nullable Boolean tracking;

	/**
	 * The process of the server that served each connection when it was made.
	 */
	private final Map<Connection, Integer> backends = new WeakHashMap<>();

	private boolean reported;

	/**
	 * Describes the pooler of a node.
	 * @param node the id of the node
	 * @param property the property that says the mode, or should
	 * @param mode the mode that has been declared
	 * @param preparedStatements whether prepared statements of the server may be used
	 * with a session that is shared
	 */
	public Pooler(String node, String property, PoolerMode mode, PreparedStatements preparedStatements) {
		this.node = node;
		this.property = property;
		this.mode = mode;
		this.preparedStatements = preparedStatements;
	}

	/**
	 * The mode that has been declared.
	 * @return the mode, never {@code null}
	 */
	public PoolerMode mode() {
		return this.mode;
	}

	/**
	 * Whether the driver may prepare statements on the server with each connection.
	 * @return {@code false} if another client would meet them, or miss them, or if that
	 * is found out for each connection
	 */
	public boolean isPreparedStatements() {
		return this.preparedStatements == PreparedStatements.ON || !this.mode.isShared();
	}

	/**
	 * Sets the properties of the driver that are correct for the mode. What the URL of
	 * the pool says has precedence.
	 * @param pool a pool that has not been started
	 */
	public void configure(HikariConfig pool) {
		if (!this.mode.isShared()) {
			return;
		}
		Properties properties = pool.getDataSourceProperties();
		properties.putIfAbsent("assumeMinServerVersion", OLDEST_SERVER);
		if (!isPreparedStatements()) {
			properties.put("prepareThreshold", "0");
		}
	}

	/**
	 * Prepares a new connection for a pooler in transaction mode: no parameter has to be
	 * set for each transaction, and the driver prepares statements if the pooler keeps
	 * track of them. Several poolers, or another version of one, may be behind one
	 * address.
	 * @param connection the driver's connection, which nobody has used yet
	 * @throws SQLException if the connection is broken
	 */
	void prepare(Connection connection) throws SQLException {
		if (this.mode != PoolerMode.TRANSACTION || !connection.isWrapperFor(PGConnection.class)) {
			return;
		}
		DateStyle.settle(connection);
		if (this.preparedStatements == PreparedStatements.AUTO) {
			prepareStatements(connection);
		}
	}

	private void prepareStatements(Connection connection) throws SQLException {
		boolean tracking = PreparedStatementCheck.isTracked(connection);
		if (tracking) {
			connection.unwrap(PGConnection.class).setPrepareThreshold(DEFAULT_THRESHOLD);
		}
		if (!Boolean.valueOf(tracking).equals(this.tracking)) {
			this.tracking = tracking;
			logger.info("The pooler of node " + this.node + (tracking
					? " keeps track of prepared statements, so the driver may prepare them"
					: " does not keep track of prepared statements, so none are prepared, and the server plans each"
							+ " execution: that takes PgBouncer 1.21 with a 'max_prepared_statements' that is not 0"));
		}
	}

	/**
	 * Looks at a new connection: two of them that are served by the same process of the
	 * server share its session, which nobody may have declared.
	 * @param connection the driver's connection
	 * @param backend the id of the process that has served it
	 * @throws SQLException if the driver does not know the process that it was told of
	 */
	void observe(Connection connection, int backend) throws SQLException {
		if (this.mode.isShared() || !connection.isWrapperFor(PGConnection.class)
				|| connection.unwrap(PGConnection.class).getBackendPID() == backend) {
			return;
		}
		synchronized (this.backends) {
			if (!this.reported && isServingAnother(backend)) {
				this.reported = true;
				logger.warn(report());
			}
			this.backends.put(connection, backend);
		}
	}

	private boolean isServingAnother(int backend) throws SQLException {
		for (Map.Entry<Connection, Integer> entry : this.backends.entrySet()) {
			if (entry.getValue() == backend && !entry.getKey().isClosed()) {
				return true;
			}
		}
		return false;
	}

	private String report() {
		return "Node " + this.node + " is reached through a pooler in transaction mode, but '" + this.property
				+ "' is '" + this.mode.name().toLowerCase(Locale.ROOT)
				+ "': two open connections were served by the same session of the server. Prepared statements fail"
				+ " there sooner or later, and settings of one connection reach another. Set '" + this.property
				+ ": transaction' (or 'statement', if that is its mode)";
	}

	/**
	 * Says what to do if a pooler has refused a parameter of the log-in.
	 * @param ex the exception of the log-in
	 * @return an exception that says it, or the given one
	 */
	public static SQLException explain(SQLException ex) {
		String message = ex.getMessage();
		String parameter = parameter(message);
		if (parameter == null || !PROTOCOL_VIOLATION.equals(ex.getSQLState())) {
			return ex;
		}
		String cure = switch (parameter) {
			case "search_path" -> "remove 'currentSchema' from the driver's properties and the URL, and use ALTER ROLE"
					+ " ... SET search_path";
			case "options" -> "remove 'options' from the driver's properties and the URL, and use ALTER ROLE ... SET";
			default -> "add it to 'ignore_startup_parameters' in pgbouncer.ini";
		};
		return new SQLException(message + ": the pooler refuses a parameter of the log-in; " + cure, ex.getSQLState(),
				ex.getErrorCode(), ex);
	}

	private static int threshold() {
		String value = PGProperty.PREPARE_THRESHOLD.getDefaultValue();
		return (value != null) ? Integer.parseInt(value) : 5;
	}

	private static @Nullable String parameter(@Nullable String message) {
		String marker = "unsupported startup parameter";
		int start = (message != null) ? message.indexOf(marker) : -1;
		if (message == null || start < 0) {
			return null;
		}
		int colon = message.indexOf(':', start);
		return (colon >= 0) ? message.substring(colon + 1).trim().split("[\\s,]", 2)[0] : "";
	}

	@Override
	public String toString() {
		return this.mode.name().toLowerCase(Locale.ROOT) + " pooler of " + this.node;
	}

}
