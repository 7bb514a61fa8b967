package dev.scaling.starter.monitor;

import java.time.Duration;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.Lag;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the topology concludes from real servers: lag, return, promotion,
 * divergence, and the operator's word.
 */
class FollowedPrimaryTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder()
		.replicas(2)
		.cluster("other", 1)
		.extension();

	private final PostgresCluster postgresCluster = postgres.cluster();

	@BeforeEach
	void createTable() {
		write("DROP TABLE IF EXISTS item", "CREATE TABLE item (name text)");
		this.postgresCluster.awaitReplication();
	}

	private void write(String... statements) {
		Sql.run(this.postgresCluster.primary(), statements);
	}

	@Test
	void lagOfAPausedReplicaGrows() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).pauseReplay();
			write("INSERT INTO item VALUES ('one')");
			WatchedCluster.await("lag").until(() -> lag(cluster, "replica-1").bytes() > 0);
			WatchedCluster.await("greater lag")
				.until(() -> lag(cluster, "replica-1").time().compareTo(Duration.ofSeconds(1)) > 0);
			assertThat(lag(cluster, "replica-2").time()).isLessThan(Duration.ofSeconds(1));
			this.postgresCluster.replica(1).resumeReplay();
			WatchedCluster.await("no lag").until(() -> lag(cluster, "replica-1").equals(Lag.NONE));
		}
	}

	/**
	 * Here the usual formula says several seconds: now minus the last replayed commit.
	 */
	@Test
	void lagIsZeroWhileThePrimaryIsIdle() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			WatchedCluster.await("no lag").until(() -> lag(cluster, "replica-1").equals(Lag.NONE));
			WatchedCluster.await("idle")
				.during(Duration.ofSeconds(3))
				.until(() -> lag(cluster, "replica-1").time().compareTo(Duration.ofSeconds(1)) < 0);
		}
	}

	private static Lag lag(WatchedCluster cluster, String id) {
		Lag lag = cluster.status(id).lag();
		return (lag != null) ? lag : new Lag(Duration.ofDays(1), Long.MAX_VALUE);
	}

	@Test
	void replicaReturnsOnlyWhenItHasCaughtUp() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).replayDelay(Duration.ofSeconds(4));
			this.postgresCluster.replica(1).kill();
			cluster.awaitState("replica-1", NodeState.UNREACHABLE);
			write("INSERT INTO item VALUES ('while it was down')");
			long written = Sql.number(this.postgresCluster.primary(),
					"SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint");
			cluster.awaitProbes("primary", 1);
			this.postgresCluster.replica(1).start();
			cluster.awaitState("replica-1", NodeState.LAGGING);
			assertThat(cluster.reason("replica-1")).contains("was restarted");
			assertThat(cluster.reading("replica-1").replayPosition()).isLessThan(written);
			cluster.awaitState("replica-1", NodeState.UP);
			assertThat(cluster.reading("replica-1").replayPosition()).isGreaterThanOrEqualTo(written);
		}
	}

	@Test
	void deposedPrimaryIsFenced() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			int timeline = cluster.topology().current().timeline();
			this.postgresCluster.replica(1).promote();
			cluster.awaitPrimary("replica-1");
			cluster.awaitState("primary", NodeState.FENCED);
			assertThat(cluster.reason("primary")).contains("claims to be the primary on timeline " + timeline)
				.contains("replica-1")
				.contains("timeline " + (timeline + 1));
			assertThat(cluster.status("replica-1").role()).isEqualTo(NodeRole.PRIMARY);
			assertThat(cluster.state("replica-1")).isEqualTo(NodeState.UP);
			WatchedCluster.await("no work for the replica of the deposed primary")
				.until(() -> cluster.state("replica-2") != NodeState.UP);
			this.postgresCluster.node("primary").rejoin();
			cluster.awaitState("primary", NodeState.UP);
			assertThat(cluster.status("primary").role()).isEqualTo(NodeRole.REPLICA);
			assertThat(cluster.primary()).isEqualTo("replica-1");
			assertThat(cluster.topology().failovers()).isOne();
		}
	}

	@Test
	void deposedPrimaryIsFencedWhenItComesBack() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.primary().kill();
			this.postgresCluster.replica(1).promote();
			cluster.awaitPrimary("replica-1");
			this.postgresCluster.node("primary").start();
			cluster.awaitState("primary", NodeState.FENCED);
			assertThat(cluster.primary()).isEqualTo("replica-1");
		}
	}

	@Test
	void twoPrimariesOnOneTimelineTakeNoWrites() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			int timeline = cluster.topology().current().timeline();
			this.postgresCluster.primary().kill();
			this.postgresCluster.replica(1).promote();
			this.postgresCluster.replica(2).promote();
			cluster.awaitPrimary("none");
			cluster.awaitState("replica-1", NodeState.FENCED);
			cluster.awaitState("replica-2", NodeState.FENCED);
			assertThat(cluster.reason("replica-1")).contains("replica-1")
				.contains("replica-2")
				.contains("timeline " + (timeline + 1))
				.contains("nobody writes");
			this.postgresCluster.replica(2).kill();
			cluster.awaitPrimary("replica-1");
		}
	}

	/**
	 * The other replica is ahead of the promoted one, stays in recovery, and would serve
	 * what is lost.
	 */
	@Test
	void replicaThatIsAheadOfThePromotedOneIsFenced() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).cutOffReplication();
			write("INSERT INTO item VALUES ('lost')");
			this.postgresCluster.awaitReplication();
			cluster.awaitProbes("replica-2", 2);
			this.postgresCluster.primary().kill();
			cluster.awaitState("primary", NodeState.UNREACHABLE);
			this.postgresCluster.replica(1).promote();
			cluster.awaitPrimary("replica-1");
			cluster.awaitState("replica-2", NodeState.FENCED);
			assertThat(cluster.reason("replica-2")).contains("diverged").contains("rebuild");
			assertThat(Sql.number(this.postgresCluster.replica(2), "SELECT count(*) FROM item")).isOne();
			write("INSERT INTO item SELECT repeat('x', 100) FROM generate_series(1, 10000)");
			cluster.awaitProbes("replica-1", 2);
			cluster.awaitProbes("replica-2", 2);
			assertThat(cluster.reading("replica-1").flushPosition())
				.isGreaterThan(cluster.reading("replica-2").replayPosition());
			assertThat(cluster.state("replica-2")).isEqualTo(NodeState.FENCED);
			this.postgresCluster.replica(2).rejoin();
			cluster.awaitState("replica-2", NodeState.UP);
		}
	}

	@Test
	void serverOfAnotherClusterIsFenced() {
		PostgresCluster other = this.postgresCluster.cluster("other");
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster)
			.node("replica-2", other.replica(1))
			.node("replica-3", other.primary())
			.start()) {
			cluster.awaitState("primary", NodeState.UP);
			cluster.awaitState("replica-1", NodeState.UP);
			cluster.awaitState("replica-2", NodeState.FENCED);
			cluster.awaitState("replica-3", NodeState.FENCED);
			assertThat(cluster.reason("replica-2")).contains("another database cluster")
				.contains(Long.toUnsignedString(cluster.reading("replica-2").server().systemIdentifier()));
			assertThat(cluster.primary()).isEqualTo("primary");
		}
	}

	@Test
	void writesDoNotFollowAReplicaThatIsNotPromotable() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).notPromotable("replica-1").start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).promote();
			cluster.awaitState("replica-1", NodeState.FENCED);
			assertThat(cluster.reason("replica-1")).contains("'promotable' is false");
			cluster.awaitProbes("replica-1", 3);
			assertThat(cluster.primary()).isEqualTo("primary");
			assertThat(cluster.state("primary")).isEqualTo(NodeState.UP);
			assertThat(cluster.state("replica-2")).isEqualTo(NodeState.UP);
			assertThat(cluster.topology().failovers()).isZero();
		}
	}

	@Test
	void onlyTheOperatorPutsADrainedNodeBack() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			cluster.topology().drain(cluster.node("replica-1"));
			assertThat(cluster.state("replica-1")).isEqualTo(NodeState.DRAINED);
			this.postgresCluster.replica(1).restart();
			cluster.awaitProbes("replica-1", 3);
			assertThat(cluster.state("replica-1")).isEqualTo(NodeState.DRAINED);
			this.postgresCluster.primary().kill();
			this.postgresCluster.replica(2).promote();
			cluster.awaitPrimary("replica-2");
			cluster.awaitProbes("replica-1", 3);
			assertThat(cluster.state("replica-1")).isEqualTo(NodeState.DRAINED);
			this.postgresCluster.replica(1).follow();
			cluster.topology().undrain(cluster.node("replica-1"));
			cluster.awaitState("replica-1", NodeState.UP);
		}
	}

}
