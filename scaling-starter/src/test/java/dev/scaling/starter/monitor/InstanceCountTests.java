package dev.scaling.starter.monitor;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how the instances of an application are counted.
 */
class InstanceCountTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(1).extension();

	private final PostgresCluster postgresCluster = postgres.cluster();

	@BeforeAll
	static void createRole() {
		Sql.run(postgres.cluster().primary(), "CREATE ROLE ordinary LOGIN");
	}

	@AfterEach
	void dropTable() {
		Sql.run(this.postgresCluster.primary(), "DROP TABLE IF EXISTS scaling_instance");
	}

	private void createTable() {
		Sql.run(this.postgresCluster.primary(), "CREATE UNLOGGED TABLE scaling_instance"
				+ " (application text, instance uuid, seen timestamptz, PRIMARY KEY (application, instance))");
	}

	private WatchedCluster start(String application) {
		return WatchedCluster.of(this.postgresCluster).username("ordinary").countInstances(application).start();
	}

	@Test
	void connectionsOfMonitorsAreCountedWithoutTheTable() {
		try (WatchedCluster first = start("shop");
				WatchedCluster second = start("shop");
				WatchedCluster third = start("shop-admin")) {
			awaitInstances(first, 2);
			awaitInstances(second, 2);
			awaitInstances(third, 1);
		}
	}

	@Test
	void rowsAreCountedThatAreKeptFresh() {
		createTable();
		Sql.run(this.postgresCluster.primary(), "GRANT SELECT, INSERT, UPDATE, DELETE ON scaling_instance TO ordinary",
				"INSERT INTO scaling_instance VALUES ('shop', gen_random_uuid(), now()),"
						+ " ('shop', gen_random_uuid(), now() - interval '1 min'),"
						+ " ('shop', gen_random_uuid(), now() - interval '2 h'),"
						+ " ('other', gen_random_uuid(), now())");
		try (WatchedCluster first = start("shop"); WatchedCluster second = start("shop")) {
			awaitInstances(first, 3);
			awaitInstances(second, 3);
			assertThat(Sql.number(this.postgresCluster.primary(),
					"SELECT count(*) FROM scaling_instance WHERE application = 'shop'"))
				.isEqualTo(4);
		}
	}

	@Test
	void tableThatTheMonitorMayNotWriteIsNoError() {
		createTable();
		try (WatchedCluster first = start("shop"); WatchedCluster second = start("shop")) {
			awaitInstances(first, 2);
			awaitInstances(second, 2);
			assertThat(Sql.number(this.postgresCluster.primary(), "SELECT count(*) FROM scaling_instance")).isZero();
		}
	}

	@Test
	void lockedTableDoesNotBlindTheMonitor() throws SQLException {
		createTable();
		Sql.run(this.postgresCluster.primary(), "GRANT SELECT, INSERT, UPDATE ON scaling_instance TO ordinary");
		try (Connection connection = this.postgresCluster.primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("LOCK TABLE scaling_instance");
			try (WatchedCluster cluster = start("shop")) {
				cluster.awaitUp();
				WatchedCluster.await("the primary is probed")
					.atMost(Duration.ofSeconds(3))
					.untilAsserted(() -> cluster.awaitProbes("primary", 10));
				assertThat(cluster.state("primary")).isEqualTo(NodeState.UP);
				assertThat(cluster.monitor().instances()).isOne();
			}
		}
	}

	@Test
	void configuredNumberIsNotCounted() {
		try (WatchedCluster first = WatchedCluster.of(this.postgresCluster).instances(50).start()) {
			first.awaitUp();
			assertThat(first.monitor().instances()).isEqualTo(50);
			assertThat(first.monitor().interval()).isEqualTo(Duration.ofMillis(250));
		}
	}

	private static void awaitInstances(WatchedCluster cluster, int number) {
		WatchedCluster.await(number + " instances").until(() -> cluster.monitor().instances() == number);
	}

}
