package dev.scaling.starter.pgbouncer;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;

import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.starter.statistics.AskedCluster;
import dev.scaling.test.PgBouncer;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for statistics that are read through PgBouncer in transaction mode.
 */
class PgBouncerStatisticsTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	@Test
	void statisticsLeaveNothingOnTheSharedConnection() throws Exception {
		assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
		PostgresNode node = cluster.cluster().primary();
		try (PgBouncer pgbouncer = PgBouncer.builder()
			.nodes(cluster.cluster().nodes())
			.set("default_pool_size", "1")
			.start();
				Connection other = DriverManager.getConnection(pgbouncer.jdbcUrl(node), node.username(), "");
				Statement statement = other.createStatement()) {
			int pid = number(statement, "SELECT pg_backend_pid()");
			AskedCluster asked = new AskedCluster(Map.of("primary", pgbouncer.jdbcUrl(node)), node.username(), "");
			for (int i = 0; i < 10; i++) {
				ServerStatistics statistics = asked.collect().get("primary");
				assertThat(statistics.missing()).isEmpty();
				assertThat(statistics.standbys()).hasSize(1);
				assertThat(statistics.statements()).isNotNull();
				assertThat(number(statement, "SELECT pg_backend_pid()")).isEqualTo(pid);
			}
			assertThat(number(statement, "SELECT count(*) FROM pg_settings"
					+ " WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_read_only') AND setting NOT IN ('0', 'off')"))
				.isZero();
			assertThat(number(statement, "SELECT count(*) FROM pg_prepared_statements")).isZero();
			statement.execute("CREATE TABLE written (id int)");
		}
	}

	private static int number(Statement statement, String sql) throws Exception {
		try (ResultSet resultSet = statement.executeQuery(sql)) {
			resultSet.next();
			return resultSet.getInt(1);
		}
	}

}
