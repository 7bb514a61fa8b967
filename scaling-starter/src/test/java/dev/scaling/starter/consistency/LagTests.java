package dev.scaling.starter.consistency;

import java.time.Duration;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingReason;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the limits of lag: who is given work, and who is not.
 */
class LagTests {

	private static final String READ = "SELECT count(*) FROM entry";

	private PostgresCluster cluster;

	@BeforeEach
	void createTable() {
		this.cluster = SharedCluster.repaired();
		Ledger.create(this.cluster);
	}

	@Test
	void replicaBeyondMaxLagIsLeftAloneUntilItHasCaughtUp() {
		try (ClusterApplication application = ClusterApplication.start(this.cluster, "scaling.routing.max-lag=500ms")) {
			this.cluster.replica(1).pauseReplay();
			write(10);
			application.awaitState("replica-1", NodeState.LAGGING);
			assertThat(application.status("replica-1").reason()).contains("behind");
			assertThat(application.status("replica-1").lag()).isNotNull()
				.satisfies((lag) -> assertThat(lag.time()).isGreaterThan(Duration.ofMillis(500)));
			assertThat(application.status("replica-2").state()).isEqualTo(NodeState.UP);
			application.decisions().clear();
			for (int i = 0; i < 50; i++) {
				assertThat(application.read(READ)).isEqualTo(10);
			}
			assertThat(application.decisions().count((decision) -> decision.node().equals("replica-1"))).isZero();
			this.cluster.replica(1).resumeReplay();
			application.awaitState("replica-1", NodeState.UP);
			application.pools().awaitDrained();
		}
	}

	@Test
	void replicaBeyondMaxLagBytesIsLeftAlone() {
		try (ClusterApplication application = ClusterApplication.start(this.cluster, "scaling.routing.max-lag=1h",
				"scaling.consistency.token-ttl=2h", "scaling.routing.max-lag-bytes=256KB")) {
			this.cluster.replica(1).pauseReplay();
			write(10);
			await().during(Duration.ofMillis(600))
				.atMost(Duration.ofSeconds(5))
				.until(() -> application.status("replica-1").state() == NodeState.UP);
			write(10_000);
			application.awaitState("replica-1", NodeState.LAGGING);
			assertThat(application.status("replica-1").lag()).isNotNull()
				.satisfies((lag) -> assertThat(lag.bytes()).isGreaterThan(256 * 1024));
		}
	}

	/**
	 * Now minus the time of the last replayed commit would be three seconds.
	 */
	@Test
	void idlePrimaryMakesNoLag() {
		try (ClusterApplication application = ClusterApplication.start(this.cluster, "scaling.routing.max-lag=1s")) {
			this.cluster.replicas().forEach((replica) -> replica.replayDelay(Duration.ofMillis(200)));
			write(10);
			await().during(Duration.ofSeconds(3))
				.atMost(Duration.ofSeconds(5))
				.until(() -> application.status("replica-1").state() == NodeState.UP
						&& application.status("replica-2").state() == NodeState.UP);
			write(10);
			await().during(Duration.ofMillis(500))
				.atMost(Duration.ofSeconds(2))
				.until(() -> application.status("replica-1").state() == NodeState.UP);
		}
	}

	/**
	 * A standby that receives nothing answers, and replays nothing.
	 */
	@Test
	void replicaThatIsCutOffLagsAsSoonAsThereIsSomethingToReceive() {
		try (ClusterApplication application = ClusterApplication.start(this.cluster, "scaling.routing.max-lag=500ms")) {
			this.cluster.replica(2).cutOffReplication();
			write(10);
			application.awaitState("replica-2", NodeState.LAGGING);
			this.cluster.replica(2).restoreReplication();
			application.awaitState("replica-2", NodeState.UP);
		}
	}

	@Test
	void primaryServesReadsWhileAllReplicasLag() {
		try (ClusterApplication application = lagging("primary")) {
			assertThat(application.read(READ)).isEqualTo(10);
			assertThat(application.decisions().last())
				.isEqualTo(new Decision("primary", RoutingReason.REPLICAS_LAGGING));
		}
	}

	@Test
	void laggingReplicasServeReadsIfTheyMay() {
		try (ClusterApplication application = lagging("stale")) {
			assertThat(application.read(READ)).isZero();
			assertThat(application.decisions().last().reason()).isEqualTo(RoutingReason.STALE_READ);
		}
	}

	/**
	 * What a session has written or seen is a limit of its own.
	 */
	@Test
	void laggingReplicasServeNoSessionThatHasWritten() {
		try (ClusterApplication application = lagging("stale")) {
			ConsistencySession.open().run(() -> {
				application.write("INSERT INTO entry (account, value) VALUES (2, 2)");
				assertThat(application.read(READ)).isEqualTo(11);
				assertThat(application.decisions().last().isReplica()).isFalse();
			});
			ConsistencySession.open().run(() -> {
				application.readWrite().executeWithoutResult((status) -> application.number(READ));
				assertThat(application.read(READ)).isEqualTo(11);
			});
		}
	}

	@Test
	void readsFailWhileAllReplicasLagIfTheyShall() {
		try (ClusterApplication application = lagging("fail")) {
			Failures.assertUnavailable(() -> application.read(READ))
				.withMessageContainingAll("scaling.routing.when-all-lag", "replica-1", "replica-2", "behind");
			application.write("INSERT INTO entry (account, value) VALUES (2, 2)");
		}
	}

	/**
	 * The primary has not been seen since the start, so nobody knows how late the
	 * replicas are.
	 */
	@Test
	void unknownLagCountsAsLagging() {
		this.cluster.primary().kill();
		try (ClusterApplication application = ClusterApplication.startOnBroken(this.cluster,
				"scaling.failover.start-without-primary=true", "scaling.routing.when-all-lag=fail")) {
			application.awaitState("replica-1", NodeState.LAGGING);
			assertThat(application.status("replica-1").reason()).contains("unknown");
			Failures.assertUnavailable(() -> application.read(READ)).withMessageContaining("unknown");
			this.cluster.primary().start();
			application.awaitAllUp();
			assertThat(application.read(READ)).isZero();
			assertThat(application.decisions().last().isReplica()).isTrue();
		}
	}

	private ClusterApplication lagging(String whenAllLag) {
		ClusterApplication application = ClusterApplication.start(this.cluster, "scaling.routing.max-lag=300ms",
				"scaling.routing.when-all-lag=" + whenAllLag);
		this.cluster.replicas().forEach((replica) -> replica.pauseReplay());
		write(10);
		application.awaitState("replica-1", NodeState.LAGGING);
		application.awaitState("replica-2", NodeState.LAGGING);
		return application;
	}

	private void write(int rows) {
		Sql.execute(this.cluster.primary(),
				"INSERT INTO entry (account, value) SELECT 1, n FROM generate_series(1, " + rows + ") AS n");
	}

}
