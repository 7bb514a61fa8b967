package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.routing.JoinPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of the scaling starter.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("scaling")
public class ScalingProperties {

	/**
	 * Whether to enable the scaling starter.
	 */
	private boolean enabled = true;

	private final Node primary = new Node();

	/**
	 * Replicas of the primary by name, such as replica-1.
	 */
	private final Map<String, Replica> replicas = new LinkedHashMap<>();

	private final Pool pool = new Pool();

	private final Routing routing = new Routing();

	private final Failover failover = new Failover();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Node getPrimary() {
		return this.primary;
	}

	public Map<String, Replica> getReplicas() {
		return this.replicas;
	}

	public Pool getPool() {
		return this.pool;
	}

	public Routing getRouting() {
		return this.routing;
	}

	public Failover getFailover() {
		return this.failover;
	}

	/**
	 * Coordinates of a node.
	 */
	public static class Node {

		/**
		 * JDBC URL of the node.
		 */
		private @Nullable String url;

		/**
		 * Login username of the node. A replica takes the primary's if it has none.
		 */
		private @Nullable String username;

		/**
		 * Login password of the node. A replica takes the primary's if it has none.
		 */
		private @Nullable String password;

		private final Pool pool = new Pool();

		public @Nullable String getUrl() {
			return this.url;
		}

		public void setUrl(@Nullable String url) {
			this.url = url;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public Pool getPool() {
			return this.pool;
		}

	}

	/**
	 * Coordinates of a replica.
	 */
	public static class Replica extends Node {

		/**
		 * Share of the reads relative to the other replicas, from 1 to 1000.
		 */
		private int weight = 1;

		public int getWeight() {
			return this.weight;
		}

		public void setWeight(int weight) {
			this.weight = weight;
		}

	}

	/**
	 * Settings of HikariCP, which take precedence over those of spring.datasource.hikari.
	 */
	public static class Pool {

		/**
		 * Maximum number of connections.
		 */
		private @Nullable Integer maximumPoolSize;

		/**
		 * Number of idle connections that the pool tries to keep.
		 */
		private @Nullable Integer minimumIdle;

		/**
		 * Time that a caller waits for a connection.
		 */
		private @Nullable Duration connectionTimeout;

		/**
		 * Time after which a connection that is not needed is closed.
		 */
		private @Nullable Duration idleTimeout;

		/**
		 * Time after which a connection is replaced.
		 */
		private @Nullable Duration maxLifetime;

		/**
		 * Time after which an idle connection is kept alive by a ping.
		 */
		private @Nullable Duration keepaliveTime;

		/**
		 * Time that a connection may take to answer whether it is alive.
		 */
		private @Nullable Duration validationTimeout;

		/**
		 * Time after which a connection that is out of its pool is reported as a leak.
		 */
		private @Nullable Duration leakDetectionThreshold;

		/**
		 * SQL statement that is executed on each new connection.
		 */
		private @Nullable String connectionInitSql;

		/**
		 * Properties of the JDBC driver.
		 */
		private final Map<String, String> dataSourceProperties = new LinkedHashMap<>();

		public @Nullable Integer getMaximumPoolSize() {
			return this.maximumPoolSize;
		}

		public void setMaximumPoolSize(@Nullable Integer maximumPoolSize) {
			this.maximumPoolSize = maximumPoolSize;
		}

		public @Nullable Integer getMinimumIdle() {
			return this.minimumIdle;
		}

		public void setMinimumIdle(@Nullable Integer minimumIdle) {
			this.minimumIdle = minimumIdle;
		}

		public @Nullable Duration getConnectionTimeout() {
			return this.connectionTimeout;
		}

		public void setConnectionTimeout(@Nullable Duration connectionTimeout) {
			this.connectionTimeout = connectionTimeout;
		}

		public @Nullable Duration getIdleTimeout() {
			return this.idleTimeout;
		}

		public void setIdleTimeout(@Nullable Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
		}

		public @Nullable Duration getMaxLifetime() {
			return this.maxLifetime;
		}

		public void setMaxLifetime(@Nullable Duration maxLifetime) {
			this.maxLifetime = maxLifetime;
		}

		public @Nullable Duration getKeepaliveTime() {
			return this.keepaliveTime;
		}

		public void setKeepaliveTime(@Nullable Duration keepaliveTime) {
			this.keepaliveTime = keepaliveTime;
		}

		public @Nullable Duration getValidationTimeout() {
			return this.validationTimeout;
		}

		public void setValidationTimeout(@Nullable Duration validationTimeout) {
			this.validationTimeout = validationTimeout;
		}

		public @Nullable Duration getLeakDetectionThreshold() {
			return this.leakDetectionThreshold;
		}

		public void setLeakDetectionThreshold(@Nullable Duration leakDetectionThreshold) {
			this.leakDetectionThreshold = leakDetectionThreshold;
		}

		public @Nullable String getConnectionInitSql() {
			return this.connectionInitSql;
		}

		public void setConnectionInitSql(@Nullable String connectionInitSql) {
			this.connectionInitSql = connectionInitSql;
		}

		public Map<String, String> getDataSourceProperties() {
			return this.dataSourceProperties;
		}

	}

	/**
	 * How work is routed.
	 */
	public static class Routing {

		/**
		 * How a replica is chosen. A ReplicaSelector bean takes precedence.
		 */
		private Selector selector = Selector.LEAST_BUSY;

		/**
		 * Where work outside of transactions goes.
		 */
		private Target nonTransactional = Target.PRIMARY;

		/**
		 * When a physical connection goes back to its pool.
		 */
		private Release release = Release.TRANSACTION;

		/**
		 * Whether to tell in the response header Scaling-Route which nodes have served
		 * the request.
		 */
		private boolean responseHeader;

		/**
		 * What happens when a read-write method takes part in a read-only transaction.
		 */
		private JoinPolicy writeInReadOnly = JoinPolicy.WARN;

		public Selector getSelector() {
			return this.selector;
		}

		public void setSelector(Selector selector) {
			this.selector = selector;
		}

		public Target getNonTransactional() {
			return this.nonTransactional;
		}

		public void setNonTransactional(Target nonTransactional) {
			this.nonTransactional = nonTransactional;
		}

		public Release getRelease() {
			return this.release;
		}

		public void setRelease(Release release) {
			this.release = release;
		}

		public boolean isResponseHeader() {
			return this.responseHeader;
		}

		public void setResponseHeader(boolean responseHeader) {
			this.responseHeader = responseHeader;
		}

		public JoinPolicy getWriteInReadOnly() {
			return this.writeInReadOnly;
		}

		public void setWriteInReadOnly(JoinPolicy writeInReadOnly) {
			this.writeInReadOnly = writeInReadOnly;
		}

		/**
		 * How a replica is chosen.
		 */
		public enum Selector {

			/**
			 * The less busy of two that are drawn at random.
			 */
			LEAST_BUSY,

			/**
			 * One after the other.
			 */
			ROUND_ROBIN,

			/**
			 * Any.
			 */
			RANDOM

		}

		/**
		 * Where work goes.
		 */
		public enum Target {

			/**
			 * To the primary.
			 */
			PRIMARY,

			/**
			 * To a replica.
			 */
			REPLICA

		}

		/**
		 * When a physical connection goes back to its pool.
		 */
		public enum Release {

			/**
			 * At the end of the transaction.
			 */
			TRANSACTION,

			/**
			 * When the connection is closed.
			 */
			CLOSE

		}

	}

	/**
	 * What happens without a primary.
	 */
	public static class Failover {

		/**
		 * Whether the application starts when the primary cannot be reached.
		 */
		private boolean startWithoutPrimary;

		public boolean isStartWithoutPrimary() {
			return this.startWithoutPrimary;
		}

		public void setStartWithoutPrimary(boolean startWithoutPrimary) {
			this.startWithoutPrimary = startWithoutPrimary;
		}

	}

}
