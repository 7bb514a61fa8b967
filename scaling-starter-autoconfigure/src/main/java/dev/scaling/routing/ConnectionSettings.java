package dev.scaling.routing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * State that was set on a logical connection through JDBC: carried to each of its
 * physical connections, and taken off them before another borrower gets them.
 * <p>
 * Most connections have none.
 */
final class ConnectionSettings {

	/**
	 * Isolation level of each transaction, or {@link Connection#TRANSACTION_NONE} for the
	 * server's default: see {@link TimeLimits#apply}.
	 */
	int isolation = Connection.TRANSACTION_NONE;

	private @Nullable String schema;

	private @Nullable Integer holdability;

	private @Nullable Map<String, Class<?>> typeMap;

	private @Nullable Executor networkTimeoutExecutor;

	private int networkTimeout;

	private @Nullable String applicationName;

	private @Nullable Original original;

	@Nullable String schema() {
		return this.schema;
	}

	@Nullable Integer holdability() {
		return this.holdability;
	}

	@Nullable Map<String, Class<?>> typeMap() {
		return this.typeMap;
	}

	@Nullable Integer networkTimeout() {
		return (this.networkTimeoutExecutor != null) ? this.networkTimeout : null;
	}

	@Nullable String applicationName() {
		return this.applicationName;
	}

	void setSchema(String schema, @Nullable Connection physical) throws SQLException {
		if (physical != null) {
			applySchema(schema, physical);
		}
		this.schema = schema;
	}

	/**
	 * Sets the schema of each transaction, on a session that others use, too.
	 * @param transaction the physical connection, or {@code null} outside of transactions
	 */
	void setLocalSchema(String schema, @Nullable Connection transaction) throws SQLException {
		if (transaction != null) {
			try (Statement statement = transaction.createStatement()) {
				statement.execute(localSchema(schema));
			}
		}
		this.schema = schema;
	}

	/**
	 * The statement that sets the schema until the transaction ends.
	 */
	static String localSchema(String schema) {
		return "SET LOCAL search_path TO " + (schema.isEmpty() ? "''" : '"' + schema.replace("\"", "\"\"") + '"');
	}

	void setHoldability(int holdability, @Nullable Connection physical) throws SQLException {
		if (physical != null) {
			physical.setHoldability(holdability);
		}
		this.holdability = holdability;
	}

	void setTypeMap(Map<String, Class<?>> typeMap, @Nullable Connection physical) throws SQLException {
		if (physical != null) {
			physical.setTypeMap(typeMap);
		}
		this.typeMap = typeMap;
	}

	void setNetworkTimeout(Executor executor, int milliseconds, @Nullable Connection physical) throws SQLException {
		if (physical != null) {
			physical.setNetworkTimeout(executor, milliseconds);
		}
		this.networkTimeoutExecutor = executor;
		this.networkTimeout = milliseconds;
	}

	void setApplicationName(@Nullable String name, @Nullable Connection physical) throws SQLException {
		String applicationName = (name != null) ? name : "";
		if (physical != null) {
			applyApplicationName(applicationName, physical);
		}
		this.applicationName = applicationName;
	}

	/**
	 * Puts all that was set on the given physical connection.
	 * @param shared whether its session is one that others use, too: then the schema is
	 * set by each transaction
	 */
	void apply(Connection physical, boolean shared) throws SQLException {
		this.original = null;
		if (this.schema != null && !shared) {
			applySchema(this.schema, physical);
		}
		if (this.holdability != null) {
			physical.setHoldability(this.holdability);
		}
		if (this.typeMap != null) {
			physical.setTypeMap(this.typeMap);
		}
		if (this.networkTimeoutExecutor != null) {
			physical.setNetworkTimeout(this.networkTimeoutExecutor, this.networkTimeout);
		}
		if (this.applicationName != null) {
			applyApplicationName(this.applicationName, physical);
		}
	}

	/**
	 * Takes off the given physical connection what the pool does not reset by itself.
	 */
	void reset(Connection physical) throws SQLException {
		if (this.holdability != null) {
			physical.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
		}
		if (this.typeMap != null) {
			physical.setTypeMap(Map.of());
		}
		if (this.original != null) {
			Original original = this.original;
			this.original = null;
			if (original.searchPath != null) {
				setSearchPath(original.searchPath, physical);
			}
			if (original.applicationName != null) {
				physical.setClientInfo(NodePool.APPLICATION_NAME, original.applicationName);
			}
		}
	}

	private void applySchema(String schema, Connection physical) throws SQLException {
		Original original = original();
		if (original.searchPath == null) {
			try (Statement statement = physical.createStatement();
					ResultSet result = statement.executeQuery("SHOW search_path")) {
				result.next();
				original.searchPath = result.getString(1);
			}
		}
		physical.setSchema(schema);
	}

	private void applyApplicationName(String name, Connection physical) throws SQLException {
		Original original = original();
		if (original.applicationName == null) {
			String current = physical.getClientInfo(NodePool.APPLICATION_NAME);
			original.applicationName = (current != null) ? current : "";
		}
		physical.setClientInfo(NodePool.APPLICATION_NAME, name);
	}

	private static void setSearchPath(String searchPath, Connection physical) throws SQLException {
		try (var statement = physical.prepareStatement("SELECT set_config('search_path', ?, false)")) {
			statement.setString(1, searchPath);
			statement.execute();
		}
	}

	private Original original() {
		Original original = this.original;
		if (original == null) {
			original = new Original();
			this.original = original;
		}
		return original;
	}

	static String isolationName(int level) throws SQLException {
		return switch (level) {
			case Connection.TRANSACTION_READ_UNCOMMITTED -> "READ UNCOMMITTED";
			case Connection.TRANSACTION_READ_COMMITTED -> "READ COMMITTED";
			case Connection.TRANSACTION_REPEATABLE_READ -> "REPEATABLE READ";
			case Connection.TRANSACTION_SERIALIZABLE -> "SERIALIZABLE";
			default -> throw new SQLException("Unknown transaction isolation level " + level, "22023");
		};
	}

	/**
	 * What the physical connection had before.
	 */
	private static final class Original {

		private @Nullable String searchPath;

		private @Nullable String applicationName;

	}

}
