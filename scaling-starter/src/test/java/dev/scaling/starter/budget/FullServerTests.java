package dev.scaling.starter.budget;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for servers that have no connection left to give (SQLSTATE 53300).
 */
@ExtendWith(OutputCaptureExtension.class)
class FullServerTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder()
		.replicas(1)
		.parameter("max_connections", "20")
		.extension();

	private final Deque<Connection> held = new ArrayDeque<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stop() throws SQLException {
		release();
		this.threads.shutdownNow();
	}

	private void release() throws SQLException {
		for (Connection connection : this.held) {
			connection.close();
		}
	}

	@Test
	void instanceThatJoinsWaitsForAConnection(CapturedOutput output) throws Exception {
		fill(cluster.cluster().primary());
		Future<ClusterApplication> start = this.threads
			.submit(() -> ClusterApplication.start(cluster.cluster(), "scaling.budget.mode=fit"));
		await().atMost(Duration.ofSeconds(20)).until(() -> output.getAll().contains("SQLSTATE 53300"));
		release();
		try (ClusterApplication application = start.get(30, TimeUnit.SECONDS)) {
			assertThat(application.read("SELECT 1")).isEqualTo(1);
		}
	}

	@Test
	void instanceThatFindsNoConnectionSaysWhy(CapturedOutput output) {
		fill(cluster.cluster().primary());
		assertThatException().isThrownBy(() -> ClusterApplication.startOnBroken(cluster.cluster()).close());
		assertThat(output).contains("too many clients", "'max_connections'", "scaling.budget.mode");
	}

	@Test
	void replicaThatGivesNoMoreConnectionsStaysInUse() throws Exception {
		try (ClusterApplication application = ClusterApplication.start(cluster.cluster(),
				"scaling.consistency.mode=none", "scaling.pool.minimum-idle=0", "scaling.pool.idle-timeout=10m")) {
			application.read("SELECT 1");
			fill(cluster.cluster().node("replica-1"));
			List<Future<Long>> reads = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				reads.add(this.threads.submit(() -> application.read("SELECT 1 FROM pg_sleep(0.3)")));
			}
			for (Future<Long> read : reads) {
				assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo(1);
			}
			assertThat(application.topology().current().node("replica-1"))
				.hasValueSatisfying((status) -> assertThat(status.state()).isEqualTo(NodeState.UP));
		}
	}

	private void fill(PostgresNode node) {
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> {
			while (true) {
				this.held.add(node.dataSource().getConnection());
			}
		}).satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("53300"));
	}

}
