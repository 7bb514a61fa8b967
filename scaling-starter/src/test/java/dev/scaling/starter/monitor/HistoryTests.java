package dev.scaling.starter.monitor;

import java.time.Duration;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for replicas that have another history than the primary, and do not show it.
 */
class HistoryTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder()
		.replicas(2)
		.parameter("full_page_writes", "off")
		.extension();

	private final PostgresCluster postgresCluster = postgres.cluster();

	@BeforeAll
	static void createRole() {
		Sql.run(postgres.cluster().primary(), "CREATE ROLE ordinary LOGIN");
	}

	@BeforeEach
	void createTable() {
		write("DROP TABLE IF EXISTS item", "CREATE TABLE item (name text)", "INSERT INTO item VALUES ('first')");
		this.postgresCluster.awaitReplication();
	}

	private void write(String... statements) {
		Sql.run(this.postgresCluster.primary(), statements);
	}

	/**
	 * The new primary soon writes more than what was lost, so that only what was known
	 * before its promotion tells.
	 */
	@Test
	void replicaThatIsAFewBytesAheadOfThePromotedOneIsFenced() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).cutOffReplication();
			write("INSERT INTO item VALUES ('lost')");
			this.postgresCluster.awaitReplication();
			this.postgresCluster.primary().kill();
			cluster.awaitState("primary", NodeState.UNREACHABLE);
			cluster.awaitProbes("replica-2", 2);
			cluster.awaitProbes("replica-1", 2);
			long ahead = cluster.reading("replica-2").replayPosition() - cluster.reading("replica-1").replayPosition();
			assertThat(ahead).isBetween(1L, 1000L);
			this.postgresCluster.replica(1).promote();
			write("INSERT INTO item SELECT repeat('x', 100) FROM generate_series(1, 1000)");
			cluster.awaitPrimary("replica-1");
			WatchedCluster.await("replica-2 is not used")
				.during(Duration.ofSeconds(1))
				.atMost(Duration.ofSeconds(3))
				.until(() -> cluster.state("replica-2") != NodeState.UP);
			assertThat(cluster.state("replica-2")).isEqualTo(NodeState.FENCED);
			assertThat(cluster.reason("replica-2")).contains("diverged");
		}
	}

	/**
	 * An ordinary role does not see which timeline a replica receives, and its replay
	 * moves.
	 */
	@Test
	void replicaThatFollowsADeposedPrimaryIsGivenNoWork() {
		try (WatchedCluster cluster = WatchedCluster.of(this.postgresCluster).username("ordinary").start()) {
			cluster.awaitUp();
			this.postgresCluster.replica(1).promote();
			cluster.awaitPrimary("replica-1");
			cluster.awaitState("primary", NodeState.FENCED);
			write("INSERT INTO item SELECT repeat('x', 1000) FROM generate_series(1, 10000)");
			cluster.awaitProbes("replica-1", 3);
			Sql.run(this.postgresCluster.node("primary"), "INSERT INTO item VALUES ('lost')");
			WatchedCluster.await("the replica has what is lost")
				.until(() -> Sql.number(this.postgresCluster.replica(2), "SELECT count(*) FROM item") == 2);
			WatchedCluster.await("replica-2 is not used")
				.during(Duration.ofSeconds(2))
				.atMost(Duration.ofSeconds(4))
				.until(() -> cluster.state("replica-2") != NodeState.UP);
			this.postgresCluster.node("primary").kill();
			this.postgresCluster.replica(2).rejoin();
			WatchedCluster.await("replica-2 is used once it replays").until(() -> {
				write("INSERT INTO item VALUES ('more')");
				return cluster.state("replica-2") == NodeState.UP;
			});
		}
	}

}
