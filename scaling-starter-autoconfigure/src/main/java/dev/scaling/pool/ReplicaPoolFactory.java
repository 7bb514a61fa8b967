package dev.scaling.pool;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/**
 * Starts the pool of a replica. The application starts and runs without the replica: its
 * pool keeps trying in the background, and callers never wait long for it.
 *
 * @since 0.1.0
 */
public final class ReplicaPoolFactory {

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

	private ReplicaPoolFactory() {
	}

	/**
	 * Starts a pool.
	 * @param configuration the configuration of the pool with its URL, credentials and
	 * name; its connection timeout bounds the login
	 * @return the running pool, which may have no connection yet
	 */
	public static HikariDataSource start(HikariConfig configuration) {
		long timeout = configuration.getConnectionTimeout();
		Properties properties = new Properties();
		properties.putAll(configuration.getDataSourceProperties());
		properties.putIfAbsent("loginTimeout", Long.toString(Math.max(1, TimeUnit.MILLISECONDS.toSeconds(timeout))));
		String driverClassName = configuration.getDriverClassName();
		configuration.setDataSource(new ReplicaDriverDataSource(configuration.getJdbcUrl(), driverClassName, properties,
				configuration.getUsername(), configuration.getPassword()));
		configuration.setConnectionTimeout(Math.min(timeout, ACQUISITION_SLICE.toMillis()));
		configuration
			.setValidationTimeout(Math.min(configuration.getValidationTimeout(), LONGEST_VALIDATION.toMillis()));
		configuration.setInitializationFailTimeout(-1);
		configuration.setReadOnly(true);
		return new HikariDataSource(configuration);
	}

}
