package dev.scaling.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.zaxxer.hikari.HikariConfig;
import dev.scaling.autoconfigure.ScalingProperties.NodePgBouncer;
import dev.scaling.pool.Pooler;
import dev.scaling.pool.PreparedStatements;
import dev.scaling.topology.Node;
import dev.scaling.topology.PoolerMode;
import org.jspecify.annotations.Nullable;

/**
 * The poolers in front of the nodes, and what cannot work through them.
 */
final class Poolers {

	private static final String GLOBAL = "scaling.pgbouncer";

	private final ScalingProperties properties;

	Poolers(ScalingProperties properties) {
		this.properties = properties;
	}

	/**
	 * The pooler in front of a node.
	 * @param name the name of the node within its cluster
	 */
	Pooler pooler(String cluster, String name) {
		String property = GLOBAL;
		PoolerMode mode = this.properties.getPgbouncer().getMode();
		PreparedStatements preparedStatements = this.properties.getPgbouncer().getPreparedStatements();
		for (Map.Entry<String, NodePgBouncer> settings : settings(cluster, name).entrySet()) {
			if (settings.getValue().getMode() != null) {
				mode = settings.getValue().getMode();
				property = settings.getKey();
			}
			if (settings.getValue().getPreparedStatements() != null) {
				preparedStatements = settings.getValue().getPreparedStatements();
			}
		}
		return new Pooler(NodePools.id(cluster, name), property + ".mode", mode, preparedStatements);
	}

	/**
	 * What is said about a node, the more specific after the more general.
	 */
	private Map<String, NodePgBouncer> settings(String cluster, String name) {
		Map<String, NodePgBouncer> settings = new LinkedHashMap<>();
		ScalingProperties.Shard shard = this.properties.getShards().get(cluster);
		if (shard != null && !Node.MAIN_CLUSTER.equals(cluster)) {
			settings.put(NodePools.property(cluster) + ".pgbouncer", shard.getPgbouncer());
		}
		ScalingProperties.Node node = node(cluster, name);
		if (node != null) {
			settings.put(property(cluster, name) + ".pgbouncer", node.getPgbouncer());
		}
		return settings;
	}

	private ScalingProperties.@Nullable Node node(String cluster, String name) {
		boolean primary = name.equals(NodePools.PRIMARY);
		if (Node.MAIN_CLUSTER.equals(cluster)) {
			return primary ? this.properties.getPrimary() : this.properties.getReplicas().get(name);
		}
		ScalingProperties.Shard shard = this.properties.getShards().get(cluster);
		if (shard == null) {
			return null;
		}
		return primary ? shard.getPrimary() : shard.getReplicas().get(name);
	}

	private static String property(String cluster, String name) {
		return NodePools.property(cluster)
				+ (name.equals(NodePools.PRIMARY) ? "." + NodePools.PRIMARY : ".replicas." + name);
	}

	/**
	 * Makes the settings of a pool correct for the pooler that it leads through.
	 * @throws ScalingConfigurationException if one of them cannot work
	 */
	Pooler configure(HikariConfig pool, String cluster, String name) {
		Pooler pooler = pooler(cluster, name);
		String url = pool.getJdbcUrl();
		if (pooler.mode() != PoolerMode.NONE && url != null && PostgresqlUrl.matches(url)) {
			Check check = new Check(pool, pooler, cluster, name);
			check.startupParameters();
			if (pooler.mode().isShared()) {
				check.sessionState();
				check.preparedStatements();
			}
			if (pooler.mode() == PoolerMode.STATEMENT) {
				check.transactions();
			}
			pooler.configure(pool);
		}
		return pooler;
	}

	/**
	 * Notifications need a session of their own, also on a replica that is promoted.
	 */
	void checkNotifications(String property, String cluster) {
		Map<String, ScalingProperties.Node> nodes = new LinkedHashMap<>();
		ScalingProperties.Shard shard = this.properties.getShards().get(cluster);
		nodes.put(NodePools.PRIMARY, (shard != null) ? shard.getPrimary() : this.properties.getPrimary());
		nodes.putAll((shard != null) ? shard.getReplicas() : this.properties.getReplicas());
		nodes.forEach((name, node) -> {
			PoolerMode mode = pooler(cluster, name).mode();
			if (mode.isShared() && node.getMonitorUrl() == null) {
				throw new ScalingConfigurationException(
						"Property '" + property + "' is 'notify', but " + NodePools.id(cluster, name)
								+ " is behind a pooler in " + text(mode) + " mode, where nobody can listen.",
						"Set '" + property(cluster, name)
								+ ".monitor-url' to a URL past the pooler, or the propagation to 'poll'.");
			}
		});
	}

	private static String text(PoolerMode mode) {
		return mode.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Looks for what does not work through the pooler of one pool.
	 */
	private final class Check {

		private final HikariConfig pool;

		private final Pooler pooler;

		private final String node;

		private final ScalingProperties.@Nullable Pool nodeSettings;

		private Check(HikariConfig pool, Pooler pooler, String cluster, String name) {
			this.pool = pool;
			this.pooler = pooler;
			this.node = property(cluster, name);
			ScalingProperties.Node settings = node(cluster, name);
			this.nodeSettings = (settings != null) ? settings.getPool() : null;
		}

		void startupParameters() {
			String cure = "PgBouncer refuses it with the log-in (SQLSTATE 08P01), whatever its mode.";
			refuseDriver("currentSchema", cure, "Remove it, and use ALTER ROLE ... SET search_path = ...");
			refuseDriver("options", cure,
					"Remove it, and use ALTER ROLE ... SET ..., or 'scaling.timeouts' for timeouts.");
		}

		void sessionState() {
			refuse("schema", this.pool.getSchema(), "It would be set on the session.",
					"Remove it, and use ALTER ROLE ... SET search_path = ..., or @Table(schema = ...).");
			refuse("transaction-isolation", this.pool.getTransactionIsolation(), "It would be set on the session.",
					"Remove it, and use ALTER ROLE ... SET default_transaction_isolation = ..., or"
							+ " @Transactional(isolation = ...).");
			refuse("connection-init-sql", this.pool.getConnectionInitSql(),
					"It runs when the connection to the pooler is made, on whatever session of the server.",
					"Remove it, and use ALTER ROLE ... SET ..., or 'connect_query' in pgbouncer.ini.");
			if ("always".equalsIgnoreCase(driverProperty("readOnlyMode"))) {
				refuseDriver("readOnlyMode", "Read-only would be set on the session.",
						"Remove it: the driver's default 'transaction' begins read-only transactions.");
			}
		}

		void preparedStatements() {
			if (this.pooler.isPreparedStatements()) {
				return;
			}
			String reason = "Another client of the pooler would meet the prepared statement, or miss it.";
			String action = "Remove it, or set 'scaling.pgbouncer.prepared-statements' to 'on' if PgBouncer is of version"
					+ " 1.21 or later, and its 'max_prepared_statements' is not 0.";
			String threshold = driverProperty("prepareThreshold");
			if (threshold != null && !threshold.trim().equals("0")) {
				refuseDriver("prepareThreshold", reason, action);
			}
			if ("extendedCacheEverything".equalsIgnoreCase(driverProperty("preferQueryMode"))) {
				refuseDriver("preferQueryMode", reason, action);
			}
		}

		void transactions() {
			String reason = "Each statement is a transaction of its own.";
			if (!this.pool.isAutoCommit()) {
				refuse("auto-commit", "false", reason, "Remove it, or use a pooler in transaction mode.");
			}
			String autosave = driverProperty("autosave");
			if (autosave != null && !autosave.equalsIgnoreCase("never")) {
				refuseDriver("autosave", reason, "Remove it, or use a pooler in transaction mode.");
			}
		}

		private @Nullable String driverProperty(String name) {
			String ofUrl = ofUrl(name);
			return (ofUrl != null) ? ofUrl : this.pool.getDataSourceProperties().getProperty(name);
		}

		private @Nullable String ofUrl(String name) {
			String url = this.pool.getJdbcUrl();
			Matcher matcher = Pattern.compile("[?&]" + name + "=([^&]*)").matcher((url != null) ? url : "");
			return matcher.find() ? matcher.group(1) : null;
		}

		private void refuseDriver(String name, String reason, String action) {
			String value = driverProperty(name);
			if (value == null) {
				return;
			}
			if (ofUrl(name) != null) {
				throw refused("Parameter '" + name + "' of the URL of '" + this.node + ".url'", value, reason, action);
			}
			throw refused("Property '" + prefix((settings) -> settings.getDataSourceProperties().get(name))
					+ ".data-source-properties." + name + "'", value, reason, action);
		}

		private void refuse(String name, @Nullable String value, String reason, String action) {
			if (value != null) {
				String prefix = name.equals("connection-init-sql")
						? prefix(ScalingProperties.Pool::getConnectionInitSql) : "spring.datasource.hikari";
				throw refused("Property '" + prefix + "." + name + "'", value, reason, action);
			}
		}

		/**
		 * Where a setting of the pool comes from.
		 */
		private String prefix(Setting setting) {
			if (this.nodeSettings != null && setting.of(this.nodeSettings) != null) {
				return this.node + ".pool";
			}
			return (setting.of(Poolers.this.properties.getPool()) != null) ? "scaling.pool"
					: "spring.datasource.hikari";
		}

		private ScalingConfigurationException refused(String what, String value, String reason, String action) {
			return new ScalingConfigurationException(what + " is '" + value
					+ "', which does not work through a pooler in " + text(this.pooler.mode()) + " mode. " + reason,
					action);
		}

	}

	/**
	 * A setting of a pool.
	 */
	@FunctionalInterface
	private interface Setting {

		@Nullable String of(ScalingProperties.Pool pool);

	}

}
