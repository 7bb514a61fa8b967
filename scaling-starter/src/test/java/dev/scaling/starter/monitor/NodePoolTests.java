package dev.scaling.starter.monitor;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.scaling.pool.ConnectionCheck;
import dev.scaling.pool.NodePoolFactory;
import dev.scaling.routing.PhysicalConnections;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.Server;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the pools whose connections are noted with the server that they reach.
 */
class NodePoolTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(1).extension();

	private final PostgresCluster postgresCluster = postgres.cluster();

	@BeforeAll
	static void createRoles() {
		Sql.run(postgres.cluster().primary(), "CREATE ROLE first LOGIN", "CREATE ROLE second LOGIN");
		postgres.cluster().awaitReplication();
	}

	@Test
	void poolAndMonitorNameAServerAlike() throws SQLException {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start();
				HikariDataSource pool = primaryPool()) {
			cluster.awaitUp();
			PhysicalConnections connections = NodePoolFactory.noteConnections(pool, ConnectionCheck.NONE);
			assertThat(connections).isNotNull();
			assertThat(connections.server()).isNull();
			pool.getConnection().close();
			assertThat(server(connections).isSameProcess(cluster.reading("primary").server())).isTrue();
			this.postgresCluster.primary().restart();
			WatchedCluster.await("the pool to reach the server again").ignoreExceptions().until(() -> {
				pool.getHikariPoolMXBean().softEvictConnections();
				pool.getConnection().close();
				return server(connections).startedAt().isAfter(cluster.reading("primary").server().startedAt())
						|| server(connections).isSameProcess(cluster.reading("primary").server());
			});
			WatchedCluster.await("the monitor to see the restart")
				.until(() -> server(connections).isSameProcess(cluster.reading("primary").server()));
		}
	}

	@Test
	void primaryPoolBehavesAsBefore() throws SQLException {
		int loginTimeout = DriverManager.getLoginTimeout();
		try (HikariDataSource pool = primaryPool()) {
			pool.addDataSourceProperty("ApplicationName", "noted");
			pool.setAutoCommit(false);
			pool.setConnectionTimeout(4000);
			assertThat(NodePoolFactory.noteConnections(pool, ConnectionCheck.NONE)).isNotNull();
			try (Connection connection = pool.getConnection()) {
				assertThat(connection.getAutoCommit()).isFalse();
				assertThat(connection.isReadOnly()).isFalse();
				assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("noted");
				assertThat(connection.getMetaData().getUserName()).isEqualTo("first");
				assertThat(connection.getNetworkTimeout()).isZero();
			}
			assertThat(pool.getConnectionTimeout()).isEqualTo(4000);
			assertThat(pool.getDataSource().getLoginTimeout()).isEqualTo(4);
			assertThat(pool.getJdbcUrl()).isEqualTo(this.postgresCluster.primary().jdbcUrl());
		}
		assertThat(DriverManager.getLoginTimeout()).isEqualTo(loginTimeout);
	}

	@Test
	void credentialsMayChangeWhileThePoolRuns() throws SQLException {
		try (HikariDataSource pool = primaryPool()) {
			assertThat(NodePoolFactory.noteConnections(pool, ConnectionCheck.NONE)).isNotNull();
			pool.getConnection().close();
			pool.setCredentials(Credentials.of("second", null));
			WatchedCluster.await("the second role").until(() -> {
				// The pool may be adding a connection of the first role.
				pool.getHikariPoolMXBean().softEvictConnections();
				try (Connection connection = pool.getConnection()) {
					return connection.getMetaData().getUserName().equals("second");
				}
			});
		}
	}

	@Test
	void runningPoolIsLeftAlone() throws SQLException {
		try (HikariDataSource pool = primaryPool()) {
			pool.getConnection().close();
			assertThat(NodePoolFactory.noteConnections(pool, ConnectionCheck.NONE)).isNull();
			assertThat(pool.getDataSource()).isNull();
		}
	}

	@Test
	void poolWithADataSourceOfItsOwnIsLeftAlone() {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setDataSource(this.postgresCluster.primary().dataSource());
			assertThat(NodePoolFactory.noteConnections(pool, ConnectionCheck.NONE)).isNull();
		}
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setDataSourceClassName("org.postgresql.ds.PGSimpleDataSource");
			assertThat(NodePoolFactory.noteConnections(pool, ConnectionCheck.NONE)).isNull();
		}
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl("jdbc:h2:mem:test");
			assertThat(NodePoolFactory.noteConnections(pool, ConnectionCheck.NONE)).isNull();
		}
	}

	@Test
	void connectionWhoseServerCannotBeIdentifiedIsClosed() {
		Sql.run(this.postgresCluster.primary(), "REVOKE EXECUTE ON FUNCTION pg_postmaster_start_time() FROM PUBLIC");
		try (HikariDataSource pool = primaryPool()) {
			pool.setInitializationFailTimeout(-1);
			pool.setConnectionTimeout(500);
			PhysicalConnections connections = NodePoolFactory.noteConnections(pool, ConnectionCheck.NONE);
			assertThatExceptionOfType(SQLException.class).isThrownBy(pool::getConnection)
				.havingCause()
				.withMessageContaining("permission denied for function pg_postmaster_start_time");
			assertThat(connections).isNotNull();
			assertThat(connections.server()).isNull();
		}
		finally {
			Sql.run(this.postgresCluster.primary(), "GRANT EXECUTE ON FUNCTION pg_postmaster_start_time() TO PUBLIC");
		}
		WatchedCluster.await("no connection")
			.until(() -> Sql.number(this.postgresCluster.primary(),
					"SELECT count(*) FROM pg_stat_activity WHERE usename = 'first'") == 0);
	}

	@Test
	void replicaPoolStartsWithoutItsServer() {
		this.postgresCluster.replica(1).kill();
		PhysicalConnections connections = new PhysicalConnections();
		HikariConfig configuration = new HikariConfig();
		configuration.setJdbcUrl(this.postgresCluster.replica(1).jdbcUrl());
		configuration.setUsername("first");
		configuration.setConnectionTimeout(5000);
		try (HikariDataSource pool = NodePoolFactory.start(configuration, connections, ConnectionCheck.NONE)) {
			assertThat(pool.getConnectionTimeout()).isEqualTo(Duration.ofMillis(250).toMillis());
			assertThatExceptionOfType(SQLException.class).isThrownBy(pool::getConnection);
			this.postgresCluster.replica(1).start();
			WatchedCluster.await("a connection").ignoreExceptions().until(() -> {
				try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
					return connection.isReadOnly() && statement.execute("SELECT 1");
				}
			});
			assertThat(server(connections).port()).isEqualTo(this.postgresCluster.replica(1).port());
		}
	}

	/**
	 * The pool must not wait forever for a server that hangs right after the log-in.
	 */
	@Test
	void serverThatHangsWhileItIsIdentifiedDoesNotHoldThePoolForever() {
		HikariConfig configuration = new HikariConfig();
		configuration.setJdbcUrl(this.postgresCluster.replica(1).jdbcUrl());
		configuration.setUsername("first");
		configuration.setConnectionTimeout(1000);
		configuration.setMaximumPoolSize(1);
		try (HikariDataSource pool = NodePoolFactory.start(configuration, new PhysicalConnections(),
				ConnectionCheck.NONE)) {
			this.postgresCluster.replica(1).freeze();
			assertThatExceptionOfType(SQLException.class).isThrownBy(pool::getConnection);
			this.postgresCluster.replica(1).resume();
			WatchedCluster.await("a connection").atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
				pool.getConnection().close();
				return true;
			});
		}
		finally {
			this.postgresCluster.replica(1).resume();
		}
	}

	private HikariDataSource primaryPool() {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(this.postgresCluster.primary().jdbcUrl());
		pool.setUsername("first");
		pool.setMaximumPoolSize(2);
		return pool;
	}

	private static Server server(PhysicalConnections connections) {
		Server server = connections.server();
		if (server == null) {
			throw new AssertionError("No server has been noted");
		}
		return server;
	}

}
