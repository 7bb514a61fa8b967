package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.scaling.ShardOwnershipException;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;

import org.springframework.boot.jdbc.DataSourceUnwrapper;

/**
 * Connections to the primary of a cluster, past the application's transactions.
 */
final class PrimaryConnections {

	private PrimaryConnections() {
	}

	/**
	 * Takes a connection of the primary's pool, and waits for a primary and a free
	 * connection.
	 */
	static Connection connect(LiveTopology cluster, Duration timeout) throws SQLException {
		return connect(cluster, timeout, (primary) -> primary.dataSource().getConnection());
	}

	/**
	 * Opens a connection as the pool does, but outside of it: for what the application's
	 * work must not keep waiting, and what would keep that waiting. If that cannot be
	 * done, it is one of the pool.
	 */
	static Connection open(LiveTopology cluster, Duration timeout) throws SQLException {
		return connect(cluster, timeout, PrimaryConnections::open);
	}

	/**
	 * Opens a connection whose session is not shared, if there is a way past the pooler.
	 */
	static Connection openDirect(LiveTopology cluster, Duration timeout) throws SQLException {
		return connect(cluster, timeout, (primary) -> {
			DataSource direct = primary.direct();
			return (direct != null) ? direct.getConnection() : open(primary);
		});
	}

	private static Connection open(NodePool primary) throws SQLException {
		HikariDataSource pool = DataSourceUnwrapper.unwrap(primary.dataSource(), HikariConfigMXBean.class,
				HikariDataSource.class);
		DataSource driver = (pool != null) ? pool.getDataSource() : null;
		if (pool == null || driver == null) {
			return primary.dataSource().getConnection();
		}
		Connection connection = connect(pool, driver);
		try {
			if (pool.getSchema() != null) {
				connection.setSchema(pool.getSchema());
			}
			if (pool.getConnectionInitSql() != null) {
				try (Statement statement = connection.createStatement()) {
					statement.execute(pool.getConnectionInitSql());
				}
			}
			return connection;
		}
		catch (SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	private static Connection connect(HikariDataSource pool, DataSource driver) throws SQLException {
		HikariCredentialsProvider provider = pool.getCredentialsProvider();
		if (provider == null) {
			return driver.getConnection();
		}
		Credentials credentials = provider.getCredentials();
		return driver.getConnection(credentials.getUsername(), credentials.getPassword());
	}

	private static Connection connect(LiveTopology cluster, Duration timeout, Opening opening) throws SQLException {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (true) {
			long remaining = deadline - System.nanoTime();
			NodePool primary = cluster.primary().orElse(null);
			if (primary == null && remaining > 0) {
				cluster.awaitPrimary(Duration.ofNanos(remaining));
				primary = cluster.primary().orElse(null);
			}
			if (primary == null) {
				throw new SQLTransientConnectionException(
						"Cluster '" + cluster.cluster() + "' has no primary, waited " + timeout.toMillis() + " ms",
						"08001");
			}
			try {
				return opening.open(primary);
			}
			catch (SQLTransientConnectionException ex) {
				ShardOwnershipException refusal = ShardOwnershipException.of(ex);
				if (refusal != null) {
					throw refusal;
				}
				if (System.nanoTime() - deadline > 0) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Runs work in a transaction of its own.
	 */
	static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
		connection.setAutoCommit(false);
		boolean committed = false;
		try {
			T result = work.run(connection);
			connection.commit();
			committed = true;
			return result;
		}
		finally {
			if (!committed) {
				connection.rollback();
			}
		}
	}

	/**
	 * Takes or makes a connection.
	 */
	@FunctionalInterface
	private interface Opening {

		Connection open(NodePool primary) throws SQLException;

	}

	/**
	 * Work with a connection.
	 *
	 * @param <T> the type of the result
	 */
	@FunctionalInterface
	interface Work<T> {

		T run(Connection connection) throws SQLException;

	}

}
