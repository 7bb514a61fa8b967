package dev.scaling.test;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for what only embedded servers promise.
 */
class EmbeddedServersTests {

	@Test
	void closedClusterLeavesNothing() {
		PostgresCluster cluster = PostgresCluster.builder().replicas(1).start();
		Path data = Path.of(query(cluster.primary(), "SHOW data_directory"));
		assertThat(data).isDirectory();
		cluster.replica(1).kill();
		cluster.close();
		assertThat(data.resolve("../../..")).doesNotExist();
		assertThat(cluster.nodes()).noneMatch(PostgresNode::isRunning);
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> cluster.primary().dataSource().getConnection());
		cluster.close();
	}

	@Test
	void portOfAStoppedNodeStaysItsOwn() throws IOException {
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(0).start(); Socket other = new Socket()) {
			cluster.primary().stop();
			other.setReuseAddress(false);
			InetSocketAddress address = new InetSocketAddress(cluster.primary().host(), cluster.primary().port());
			assertThatExceptionOfType(BindException.class).isThrownBy(() -> other.bind(address));
			cluster.primary().start();
			assertThat(query(cluster.primary(), "SELECT 1")).isEqualTo("1");
		}
	}

	@Test
	void durableClusterSyncs() {
		try (PostgresCluster cluster = PostgresCluster.builder().name("shard-0").replicas(0).durable().start()) {
			assertThat(cluster.primary().id()).isEqualTo("shard-0/primary");
			assertThat(cluster.replicas()).isEmpty();
			assertThat(query(cluster.primary(), "SHOW fsync")).isEqualTo("on");
			cluster.awaitReplication();
		}
	}

	@Test
	void parameterThatPostgresRefusesIsShown() {
		assertThatIllegalStateException()
			.isThrownBy(() -> PostgresCluster.builder().replicas(0).parameter("work_mem", "lots").start())
			.withMessageStartingWith("PostgreSQL did not start. Its log ends with:")
			.withMessageContaining("invalid value for parameter \"work_mem\": \"lots\"");
	}

	@Test
	void extensionOutsideOfAStaticFieldSaysSo() {
		PostgresClusterExtension extension = PostgresCluster.builder().extension();
		assertThatIllegalStateException().isThrownBy(extension::cluster)
			.withMessage("The cluster is not started: register the extension in a static field");
	}

	private static String query(PostgresNode node, String sql) {
		return String.valueOf(new JdbcTemplate(node.dataSource()).queryForObject(sql, String.class));
	}

}
