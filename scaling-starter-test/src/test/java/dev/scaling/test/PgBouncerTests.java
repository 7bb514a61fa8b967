package dev.scaling.test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for {@link PgBouncer}.
 */
class PgBouncerTests {

	@Test
	void givesOneConnectionToOneTransactionAfterTheOther() throws SQLException {
		assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(1).start();
				PgBouncer pgbouncer = PgBouncer.builder()
					.nodes(cluster.nodes())
					.set("default_pool_size", "1")
					.start()) {
			try (Connection first = connect(pgbouncer, cluster.replica(1));
					Connection second = connect(pgbouncer, cluster.replica(1))) {
				assertThat(query(first, "SELECT pg_backend_pid()")).isEqualTo(query(second, "SELECT pg_backend_pid()"));
				assertThat(query(first, "SELECT pg_is_in_recovery()")).isEqualTo("t");
			}
			try (Connection console = pgbouncer.admin().getConnection()) {
				assertThat(query(console, "SHOW VERSION")).startsWith("PgBouncer 1.");
			}
			pgbouncer.kill();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connect(pgbouncer, cluster.primary()));
			pgbouncer.start();
			try (Connection connection = connect(pgbouncer, cluster.primary())) {
				assertThat(query(connection, "SELECT pg_is_in_recovery()")).isEqualTo("f");
			}
		}
	}

	private static Connection connect(PgBouncer pgbouncer, PostgresNode node) throws SQLException {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setURL(pgbouncer.jdbcUrl(node));
		return dataSource.getConnection(node.username(), node.password());
	}

	private static String query(Connection connection, String sql) throws SQLException {
		try (ResultSet resultSet = connection.createStatement().executeQuery(sql)) {
			resultSet.next();
			return resultSet.getString(1);
		}
	}

}
