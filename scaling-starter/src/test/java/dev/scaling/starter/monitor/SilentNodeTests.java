package dev.scaling.starter.monitor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.scaling.routing.ProbeFailure;
import dev.scaling.routing.TimedCount;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for nodes that hang, are gone, or whose pool is full, and for the end of the
 * monitor.
 */
class SilentNodeTests {

	/**
	 * What a busy machine may add to the times.
	 */
	private static final Duration SLACK = Duration.ofMillis(1500);

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(2).extension();

	private final PostgresCluster postgresCluster = postgres.cluster();

	/**
	 * The threads of the applications of other tests.
	 */
	private final Set<Thread> others = Thread.getAllStackTraces().keySet();

	@AfterEach
	void resume() {
		this.postgresCluster.nodes().forEach(PostgresNode::resume);
	}

	@Test
	void frozenReplicaIsReportedInTimeWhileTheOthersAreProbed() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).freeze();
			long frozen = System.nanoTime();
			cluster.awaitState("replica-1", NodeState.UNREACHABLE);
			assertThat(Duration.ofNanos(System.nanoTime() - frozen))
				.isLessThan(WatchedCluster.TIMEOUT.plus(WatchedCluster.INTERVAL).plus(SLACK));
			assertThat(cluster.reason("replica-1")).matches("no answer within \\d+ ms");
			TimedCount late = cluster.node("replica-1").failedProbes(ProbeFailure.Kind.TIMEOUT);
			assertThat(Duration.ofNanos(late.nanoseconds()))
				.isGreaterThanOrEqualTo(WatchedCluster.TIMEOUT.multipliedBy(late.count()));
			assertThat(late.count()).isPositive();
			long start = System.nanoTime();
			cluster.awaitProbes("primary", 10);
			cluster.awaitProbes("replica-2", 10);
			assertThat(Duration.ofNanos(System.nanoTime() - start))
				.isLessThan(WatchedCluster.INTERVAL.multipliedBy(24).plus(SLACK));
			assertThat(monitorThreads()).hasSizeLessThanOrEqualTo(4);
			assertThat(cluster.state("primary")).isEqualTo(NodeState.UP);
			assertThat(cluster.state("replica-2")).isEqualTo(NodeState.UP);
			this.postgresCluster.replica(1).resume();
			cluster.awaitUp();
		}
	}

	@Test
	void frozenPrimaryIsUnreachableUntilItGoesOn() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.primary().freeze();
			long frozen = System.nanoTime();
			cluster.awaitState("primary", NodeState.UNREACHABLE);
			assertThat(Duration.ofNanos(System.nanoTime() - frozen)).isBetween(WatchedCluster.TIMEOUT,
					WatchedCluster.TIMEOUT.plus(WatchedCluster.INTERVAL).multipliedBy(2).plus(SLACK));
			cluster.awaitProbes("replica-1", 3);
			this.postgresCluster.primary().resume();
			cluster.awaitUp();
			assertThat(cluster.primary()).isEqualTo("primary");
			assertThat(cluster.topology().failovers()).isZero();
		}
	}

	@Test
	void firstRoundEndsThoughANodeHangs() {
		this.postgresCluster.replica(2).freeze();
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).build()) {
			assertThat(cluster.monitor().awaitFirstRound(Duration.ZERO)).isFalse();
			cluster.monitor().start();
			long start = System.nanoTime();
			assertThat(cluster.monitor().awaitFirstRound(Duration.ofSeconds(10))).isTrue();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WatchedCluster.TIMEOUT.plus(SLACK));
			assertThat(cluster.state("primary")).isEqualTo(NodeState.UP);
			assertThat(cluster.state("replica-1")).isEqualTo(NodeState.UP);
			assertThat(cluster.state("replica-2")).isEqualTo(NodeState.UNREACHABLE);
			this.postgresCluster.replica(2).resume();
			cluster.awaitUp();
		}
	}

	@Test
	void killedServerIsDownAtOnce() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).kill();
			long killed = System.nanoTime();
			cluster.awaitState("replica-1", NodeState.UNREACHABLE);
			assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(WatchedCluster.INTERVAL.plus(SLACK));
			assertThat(cluster.reason("replica-1")).contains("refused");
			assertThat(cluster.node("replica-1").failedProbes(ProbeFailure.Kind.DOWN).count()).isPositive();
			this.postgresCluster.replica(1).start();
			cluster.awaitUp();
		}
	}

	@Test
	void fullPoolDoesNotBlindTheMonitor() throws SQLException {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			try (Connection first = cluster.pool("primary").getConnection();
					Connection second = cluster.pool("primary").getConnection()) {
				assertThat(List.of(first, second)).hasSize(cluster.pool("primary").getMaximumPoolSize());
				cluster.awaitProbes("primary", 3);
				assertThat(cluster.state("primary")).isEqualTo(NodeState.UP);
			}
		}
	}

	@Test
	void nothingIsLeftAfterTheEnd() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			for (int i = 0; i < 3; i++) {
				assertThat(cluster.monitor().isRunning()).isTrue();
				assertThat(cluster.monitor().awaitFirstRound(Duration.ofSeconds(10))).isTrue();
				cluster.awaitUp();
				assertThat(monitorThreads()).hasSize(4).allMatch(Thread::isDaemon);
				assertThat(connections()).isEqualTo(3);
				cluster.monitor().stop();
				WatchedCluster.await("no thread").until(() -> monitorThreads().isEmpty());
				WatchedCluster.await("no connection").until(() -> connections() == 0);
				assertThat(cluster.monitor().isRunning()).isFalse();
				cluster.monitor().stop();
				cluster.monitor().start();
			}
		}
		WatchedCluster.await("no thread").until(() -> monitorThreads().isEmpty());
		WatchedCluster.await("no connection").until(() -> connections() == 0);
	}

	@Test
	void nothingIsLeftThoughANodeHangs() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).freeze();
			cluster.awaitState("replica-1", NodeState.UNREACHABLE);
			cluster.monitor().stop();
			WatchedCluster.await("no thread").atMost(Duration.ofSeconds(3)).until(() -> monitorThreads().isEmpty());
		}
		this.postgresCluster.replica(1).resume();
		WatchedCluster.await("no connection").until(() -> connections() == 0);
	}

	private long connections() {
		return this.postgresCluster.nodes()
			.stream()
			.mapToLong((node) -> Sql.number(node,
					"SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'scaling-monitor%'"))
			.sum();
	}

	private List<Thread> monitorThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("scaling-monitor-main-"))
			.filter((thread) -> !this.others.contains(thread))
			.toList();
	}

}
