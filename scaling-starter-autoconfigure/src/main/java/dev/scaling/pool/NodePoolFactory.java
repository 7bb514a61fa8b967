package dev.scaling.pool;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.routing.PhysicalConnections;
import dev.scaling.topology.PoolerMode;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the pools of nodes: each connection of the driver is noted with the server
 * that it reaches, when it is made. The application starts and runs without a replica:
 * the pool of a replica keeps trying in the background, and callers never wait long for
 * it.
 *
 * @since 0.1.0
 */
public final class NodePoolFactory {

	/**
	 * How long a caller waits in the pool before it looks whether the replica is still in
	 * use, or another one has a connection to give. This is HikariCP's lower bound.
	 */
	private static final Duration ACQUISITION_SLICE = Duration.ofMillis(250);

	/**
	 * How long an idle connection may take to say that it is alive, which the wait in the
	 * pool does not include.
	 */
	private static final Duration LONGEST_VALIDATION = Duration.ofSeconds(1);

	private NodePoolFactory() {
	}

	/**
	 * Starts the pool of a replica that is reached directly.
	 * @param configuration the configuration of the pool with its URL, credentials and
	 * name; its connection timeout bounds the login
	 * @param connections notes the connections
	 * @param check looks at each new connection
	 * @return the running pool, which may have no connection yet
	 */
	public static HikariDataSource start(HikariConfig configuration, PhysicalConnections connections,
			ConnectionCheck check) {
		return start(configuration, connections, check, direct(configuration));
	}

	/**
	 * Starts the pool of a replica.
	 * @param configuration the configuration of the pool with its URL, credentials and
	 * name; its connection timeout bounds the login
	 * @param connections notes the connections
	 * @param check looks at each new connection
	 * @param pooler what is between the application and the node
	 * @return the running pool, which may have no connection yet
	 */
	public static HikariDataSource start(HikariConfig configuration, PhysicalConnections connections,
			ConnectionCheck check, Pooler pooler) {
		configuration.setReadOnly(true);
		return startPrimary(configuration, connections, check, pooler);
	}

	/**
	 * Starts the pool of a primary that is reached directly, and that the application may
	 * start without.
	 * @param configuration the configuration of the pool with its URL, credentials and
	 * name; its connection timeout bounds the login
	 * @param connections notes the connections
	 * @param check looks at each new connection
	 * @return the running pool, which may have no connection yet
	 */
	public static HikariDataSource startPrimary(HikariConfig configuration, PhysicalConnections connections,
			ConnectionCheck check) {
		return startPrimary(configuration, connections, check, direct(configuration));
	}

	private static Pooler direct(HikariConfig configuration) {
		return new Pooler(String.valueOf(configuration.getPoolName()), "scaling.pgbouncer.mode", PoolerMode.NONE,
				PreparedStatements.OFF);
	}

	/**
	 * Starts the pool of a primary that the application may start without, as that of a
	 * shard.
	 * @param configuration the configuration of the pool with its URL, credentials and
	 * name; its connection timeout bounds the login
	 * @param connections notes the connections
	 * @param check looks at each new connection
	 * @param pooler what is between the application and the node
	 * @return the running pool, which may have no connection yet
	 */
	public static HikariDataSource startPrimary(HikariConfig configuration, PhysicalConnections connections,
			ConnectionCheck check, Pooler pooler) {
		long timeout = configuration.getConnectionTimeout();
		Properties properties = new Properties();
		properties.putAll(configuration.getDataSourceProperties());
		properties.putIfAbsent(NodeDriverDataSource.LOGIN_TIMEOUT,
				Long.toString(Math.max(1, TimeUnit.MILLISECONDS.toSeconds(timeout))));
		configuration.setDataSource(dataSource(configuration, properties, connections, check, pooler));
		configuration.setConnectionTimeout(Math.min(timeout, ACQUISITION_SLICE.toMillis()));
		configuration
			.setValidationTimeout(Math.min(configuration.getValidationTimeout(), LONGEST_VALIDATION.toMillis()));
		configuration.setInitializationFailTimeout(-1);
		return new HikariDataSource(configuration);
	}

	/**
	 * Lets a pool note its connections that has not been started, and reaches its node
	 * directly.
	 * @param pool the pool, such as the primary's
	 * @param check looks at each new connection
	 * @return what notes the connections, or {@code null} if that cannot be done
	 */
	public static @Nullable PhysicalConnections noteConnections(HikariDataSource pool, ConnectionCheck check) {
		return noteConnections(pool, check, direct(pool));
	}

	/**
	 * Lets a pool that has not been started note its connections. Nothing else changes,
	 * except that its login timeout is that of its own connections, and not the one of
	 * all drivers of the JVM.
	 * @param pool the pool, such as the primary's
	 * @param check looks at each new connection
	 * @param pooler what is between the application and the node
	 * @return what notes the connections, or {@code null} if that cannot be done: the
	 * pool is running, or its connections do not come from a JDBC URL of PostgreSQL
	 */
	public static @Nullable PhysicalConnections noteConnections(HikariDataSource pool, ConnectionCheck check,
			Pooler pooler) {
		String url = pool.getJdbcUrl();
		if (pool.isRunning() || pool.isClosed() || pool.getDataSource() != null || pool.getDataSourceClassName() != null
				|| url == null || !url.contains("postgresql:")) {
			return null;
		}
		PhysicalConnections connections = new PhysicalConnections();
		try {
			pool.setDataSource(dataSource(pool, pool.getDataSourceProperties(), connections, check, pooler));
			return connections;
		}
		catch (RuntimeException ex) {
			// HikariCP reports an unusable URL or driver when it starts, better than we.
			return null;
		}
	}

	private static NodeDriverDataSource dataSource(HikariConfig configuration, Properties properties,
			PhysicalConnections connections, ConnectionCheck check, Pooler pooler) {
		return new NodeDriverDataSource(configuration.getJdbcUrl(), configuration.getDriverClassName(), properties,
				configuration.getUsername(), configuration.getPassword(), connections, check, pooler);
	}

}
