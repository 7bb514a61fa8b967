package dev.scaling.monitor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Supplier;

import javax.sql.DataSource;

import com.zaxxer.hikari.util.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * Where the monitor's connection to a node comes from.
 *
 * @since 0.1.0
 */
public interface ProbeConnector {

	/**
	 * Opens a connection in auto-commit mode. The caller does not wait longer than it
	 * wants: it may leave the calling thread behind.
	 * @param applicationName what the connection is to be called on the server
	 * @param timeout how long each step may take, about
	 * @return the connection
	 * @throws SQLException if there is none to be had
	 */
	Connection connect(String applicationName, Duration timeout) throws SQLException;

	/**
	 * Whether others wait for such a connection, so that it has to be given back after
	 * each probe.
	 * @return {@code true} for the connections of a pool
	 */
	default boolean isShared() {
		return false;
	}

	/**
	 * Connections of the monitor's own, which no full pool keeps it from.
	 * @param url the JDBC URL
	 * @param driverClassName the class of the driver, or {@code null} for the one that
	 * accepts the URL
	 * @param properties the properties of the driver, such as those of encryption
	 * @param credentials who logs in, asked for each connection
	 * @return the connector
	 */
	static ProbeConnector ofUrl(String url, @Nullable String driverClassName, Properties properties,
			Supplier<Credentials> credentials) {
		return new DriverConnector(url, driverClassName, properties, credentials);
	}

	/**
	 * Connections of a pool, where nothing else is known of a node. While the pool is
	 * full, the monitor is blind.
	 * @param pool the pool
	 * @return the connector
	 */
	static ProbeConnector ofPool(DataSource pool) {
		return new ProbeConnector() {

			@Override
			public Connection connect(String applicationName, Duration timeout) throws SQLException {
				return pool.getConnection();
			}

			@Override
			public boolean isShared() {
				return true;
			}

		};
	}

}
