package dev.scaling.starter.monitor;

import java.time.Instant;

import dev.scaling.routing.ProbeFailure;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a probe sees of a healthy cluster, with which rights.
 */
class ProbeTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(1).extension();

	@BeforeAll
	static void createRoles() {
		Sql.run(postgres.cluster().primary(), "CREATE ROLE ordinary LOGIN PASSWORD 'secret'",
				"CREATE ROLE watcher LOGIN IN ROLE pg_monitor", "CREATE ROLE cautious LOGIN",
				"ALTER ROLE cautious SET default_transaction_read_only = on", "CREATE ROLE barred NOLOGIN");
		postgres.cluster().awaitReplication();
	}

	/**
	 * Each promotion by an earlier test has raised it.
	 */
	private static int timeline() {
		return (int) Sql.number(postgres.cluster().primary(),
				"SELECT ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint");
	}

	@Test
	void ordinaryRoleSeesBothRoles() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).username("ordinary").start()) {
			cluster.awaitUp();
			NodeReading primary = cluster.reading("primary");
			assertThat(primary.inRecovery()).isFalse();
			assertThat(primary.readOnly()).isFalse();
			assertThat(primary.timeline()).isEqualTo(timeline());
			assertThat(primary.flushPosition()).isPositive();
			assertThat(primary.insertPosition()).isGreaterThanOrEqualTo(primary.flushPosition());
			assertThat(primary.receivePosition()).isZero();
			assertThat(primary.replayPosition()).isZero();
			assertThat(primary.server().port()).isEqualTo(postgres.cluster().primary().port());
			assertThat(primary.server().address()).isEqualTo(postgres.cluster().primary().host());
			assertThat(primary.server().startedAt()).isBetween(Instant.now().minusSeconds(600), Instant.now());
			NodeReading replica = cluster.reading("replica-1");
			assertThat(replica.inRecovery()).isTrue();
			assertThat(replica.timeline()).isZero();
			assertThat(replica.insertPosition()).isZero();
			assertThat(replica.flushPosition()).isZero();
			assertThat(replica.replayPosition()).isPositive();
			assertThat(replica.receivePosition()).isPositive();
			assertThat(replica.lastReplay()).isBetween(Instant.now().minusSeconds(600), Instant.now());
			assertThat(replica.server().systemIdentifier()).isEqualTo(primary.server().systemIdentifier()).isNotZero();
			assertThat(replica.server().isSameProcess(primary.server())).isFalse();
			assertThat(cluster.status("replica-1").role()).isEqualTo(NodeRole.REPLICA);
			assertThat(cluster.topology().current().timeline()).isEqualTo(timeline());
		}
	}

	@Test
	void roleWithThePrivilegesOfMonitoringSeesTheTimelineOfAReplica() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).username("watcher").start()) {
			cluster.awaitUp();
			assertThat(cluster.reading("replica-1").timeline()).isEqualTo(timeline());
		}
	}

	@Test
	void replicaHasReplayedWhatThePrimaryHadInTheSameRound() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).start()) {
			cluster.awaitUp();
			WatchedCluster.await("replica covers the primary's sample").until(() -> {
				NodeReading primary = cluster.reading("primary");
				return cluster.node("replica-1").progress().coveredEpoch() >= primary.epoch();
			});
		}
	}

	@Test
	void readOnlyServerIsToldFromAReadOnlyMonitor() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).username("cautious").start();
				WatchedCluster other = WatchedCluster.of(postgres.cluster()).username("ordinary").start()) {
			cluster.awaitUp();
			assertThat(cluster.reading("primary").readOnly()).isFalse();
			other.awaitUp();
			Sql.run(postgres.cluster().primary(), "ALTER SYSTEM SET default_transaction_read_only = on",
					"SELECT pg_reload_conf()");
			try {
				WatchedCluster.await("primary is read-only").until(() -> other.reading("primary").readOnly());
			}
			finally {
				Sql.run(postgres.cluster().primary(), "SET default_transaction_read_only = off",
						"ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()");
			}
			WatchedCluster.await("primary is writable").until(() -> !other.reading("primary").readOnly());
		}
	}

	@Test
	void sessionOfTheMonitorHasNothingThatAPoolerWouldRefuseOrPassOn() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).username("ordinary").start()) {
			cluster.awaitUp();
			cluster.awaitProbes("primary", 10);
			String ofMonitor = " FROM pg_stat_activity WHERE application_name LIKE 'scaling-monitor-shop-________'";
			assertThat(Sql.number(postgres.cluster().primary(), "SELECT count(*)" + ofMonitor)).isOne();
			assertThat(Sql.number(postgres.cluster().primary(),
					"SELECT count(*)" + ofMonitor + " AND state LIKE 'idle in transaction%'"))
				.isZero();
		}
	}

	@Test
	void serverThatRefusesTheMonitorIsToldFromOneThatIsDown() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).username("barred").start()) {
			cluster.awaitState("replica-1", NodeState.UNREACHABLE);
			assertThat(cluster.reason("replica-1")).contains("role \"barred\" is not permitted to log in")
				.doesNotContain("secret");
			assertThat(cluster.node("replica-1").failedProbes(ProbeFailure.Kind.REFUSED).count()).isPositive();
			assertThat(cluster.node("replica-1").failedProbes(ProbeFailure.Kind.REFUSED).nanoseconds()).isPositive();
			assertThat(cluster.node("replica-1").answeredProbes().count()).isZero();
		}
	}

	@Test
	void terminatedConnectionOfTheMonitorSaysNothingAboutTheServer() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).username("ordinary").start()) {
			cluster.awaitUp();
			Instant since = cluster.status("primary").since();
			for (int i = 0; i < 20; i++) {
				postgres.cluster()
					.nodes()
					.forEach((node) -> Sql.run(node, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
							+ " WHERE application_name LIKE 'scaling-monitor%'"));
				cluster.awaitProbes("primary", 1);
				cluster.awaitProbes("replica-1", 1);
			}
			assertThat(cluster.node("replica-1").answeredProbes().count()).isGreaterThanOrEqualTo(20);
			assertThat(cluster.status("primary").since()).isEqualTo(since);
			assertThat(cluster.state("primary")).isEqualTo(NodeState.UP);
		}
	}

	@Test
	void restartIsSeen() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).start()) {
			cluster.awaitUp();
			NodeReading before = cluster.reading("replica-1");
			postgres.cluster().replica(1).restart();
			WatchedCluster.await("restart")
				.until(() -> !cluster.reading("replica-1").server().isSameProcess(before.server()));
			assertThat(cluster.reading("replica-1").server().startedAt()).isAfter(before.server().startedAt());
			assertThat(cluster.reading("replica-1").server().port()).isEqualTo(before.server().port());
			cluster.awaitUp();
		}
	}

	@Test
	void promotionIsSeen() {
		try (WatchedCluster cluster = WatchedCluster.of(postgres.cluster()).start()) {
			cluster.awaitUp();
			postgres.cluster().awaitReplication();
			postgres.cluster().primary().kill();
			cluster.awaitState("primary", NodeState.UNREACHABLE);
			cluster.awaitProbes("replica-1", 2);
			long replayed = cluster.reading("replica-1").replayPosition();
			int timeline = cluster.reading("primary").timeline();
			postgres.cluster().replica(1).promote();
			cluster.awaitPrimary("replica-1");
			NodeReading reading = cluster.reading("replica-1");
			assertThat(reading.inRecovery()).isFalse();
			assertThat(reading.timeline()).isEqualTo(timeline + 1);
			assertThat(reading.replayPosition()).isEqualTo(replayed);
			assertThat(reading.insertPosition()).isGreaterThan(replayed);
			assertThat(cluster.topology().failovers()).isOne();
		}
	}

}
