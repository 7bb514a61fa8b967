package dev.scaling.health;

import java.time.Duration;
import java.util.Map;

import dev.scaling.routing.WatchedCluster;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.MapAssert;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClusterHealthIndicator}.
 */
class ClusterHealthIndicatorTests {

	private static final Duration LONG_AGO = Duration.ofSeconds(6);

	@Test
	void primaryThatWasSeenIsNotAskedAgain() {
		WatchedCluster cluster = healthy();
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("database", "PostgreSQL")
			.containsEntry("primary", "primary")
			.containsEntry("timeline", 1)
			.containsEntry("degraded", false)
			.doesNotContainKey("error");
		assertThat(cluster.connections("primary")).isZero();
	}

	@Test
	void nodesSayWhatTheyAre() {
		WatchedCluster cluster = healthy();
		cluster.seePrimary("primary", 1, 1600, Duration.ofSeconds(1), false);
		cluster.seeReplica("replica-1", 1, 1000);
		Health health = health(cluster);
		node(health, "primary").containsEntry("role", "primary")
			.containsEntry("state", "up")
			.containsEntry("since", WatchedCluster.NOW)
			.containsEntry("timeline", 1)
			.doesNotContainKeys("lag", "reason");
		node(health, "replica-1").containsEntry("role", "replica")
			.containsEntry("state", "up")
			.containsEntry("timeline", 1)
			.extractingByKey("lag", InstanceOfAssertFactories.map(String.class, Object.class))
			.containsOnlyKeys("time", "bytes")
			.containsEntry("bytes", 600L)
			.extractingByKey("time", InstanceOfAssertFactories.DURATION)
			.isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
	}

	@Test
	void replicaThatIsAwayIsDetail() {
		WatchedCluster cluster = healthy();
		cluster.seeNothing("replica-2");
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("degraded", true);
		node(health, "replica-2").containsEntry("state", "unreachable")
			.containsEntry("reason", "connection refused")
			.doesNotContainKey("lag");
	}

	@Test
	void replicaThatWasNeverSeenIsDetail() {
		WatchedCluster cluster = WatchedCluster.of(1);
		cluster.seeNothing("replica-1");
		cluster.seePrimary("primary", 1, 1000);
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("degraded", true);
		node(health, "replica-1").containsEntry("state", "unreachable").doesNotContainKey("timeline");
	}

	@Test
	void primaryThatDoesNotAnswerIsDown() {
		WatchedCluster cluster = healthy();
		cluster.seeNothing("primary");
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("primary", "primary")
			.containsEntry("error", "primary (primary): unreachable, connection refused");
		assertThat(cluster.connections("primary")).isZero();
	}

	@Test
	void primaryThatRefusesToWriteIsDown() {
		WatchedCluster cluster = healthy();
		cluster.seePrimary("primary", 1, 1000, Duration.ZERO, true);
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails().get("error")).asString()
			.startsWith("primary (primary): up, refuses to write")
			.contains("default_transaction_read_only");
	}

	@Test
	void clusterWithoutPrimaryIsDown() {
		WatchedCluster cluster = WatchedCluster.of(2);
		cluster.seeReplica("primary", 1, 1000);
		cluster.seeNothing("replica-1");
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).doesNotContainKeys("primary", "timeline")
			.containsEntry("error", "No node takes the writes: primary (replica): lagging, lag unknown: no primary"
					+ " has been seen; replica-1 (replica): unreachable, connection refused; replica-2 (replica):"
					+ " unseen");
		node(health, "primary").containsEntry("role", "replica");
	}

	@Test
	void twoPrimariesAreDownAndNamedOnce() {
		WatchedCluster cluster = WatchedCluster.of(1);
		cluster.seePrimary("primary", 1, 1000);
		cluster.seePrimary("replica-1", 1, 1000);
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails().get("error")).asString()
			.startsWith("No node takes the writes: primary (primary), replica-1 (primary): fenced, ")
			.containsOnlyOnce("claim to be the primary")
			.doesNotContain("secret");
	}

	@Test
	void drainedPrimaryIsDown() {
		WatchedCluster cluster = healthy();
		cluster.topology().drain(cluster.node("primary"));
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails().get("error")).asString().contains("primary (primary): drained");
	}

	@Test
	void promotedReplicaIsThePrimary() {
		WatchedCluster cluster = healthy();
		cluster.seeNothing("primary");
		cluster.seePrimary("replica-1", 2, 2100);
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("primary", "replica-1")
			.containsEntry("timeline", 2)
			.containsEntry("degraded", true);
		node(health, "replica-1").containsEntry("role", "primary");
		node(health, "primary").doesNotContainEntry("state", "up");
	}

	@Test
	void primaryThatNobodyWatchesIsAsked() {
		WatchedCluster cluster = WatchedCluster.unwatched(0);
		assertThat(health(cluster).getStatus()).isEqualTo(Status.UP);
		assertThat(cluster.connections("primary")).isOne();
		cluster.shutDown("primary");
		Health health = health(cluster);
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails().get("error")).asString().contains("refused");
		assertThat(health.getDetails()).containsEntry("primary", "primary").containsKey("nodes");
	}

	@Test
	void primaryIsAskedWhenItsLastReadingIsOld() {
		WatchedCluster cluster = WatchedCluster.of(0);
		cluster.seePrimary("primary", 1, 1000, LONG_AGO, false);
		assertThat(health(cluster).getStatus()).isEqualTo(Status.UP);
		assertThat(cluster.connections("primary")).isOne();
		cluster.shutDown("primary");
		assertThat(health(cluster).getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void clusterThatTheApplicationCanDoWithoutIsUnknownInsteadOfDown() {
		WatchedCluster cluster = healthy();
		Health up = new ClusterHealthIndicator(cluster.topology(), true).health();
		assertThat(up.getStatus()).isEqualTo(Status.UP);
		assertThat(up.getDetails()).containsEntry("optional", true).containsEntry("degraded", false);
		cluster.seeNothing("primary");
		Health unknown = new ClusterHealthIndicator(cluster.topology(), true).health();
		assertThat(unknown.getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(unknown.getDetails()).containsEntry("optional", true)
			.containsEntry("degraded", true)
			.containsEntry("error", "primary (primary): unreachable, connection refused");
		assertThat(health(cluster).getDetails()).doesNotContainKey("optional");
	}

	@Test
	void optionalPrimaryThatNobodyWatchesIsAsked() {
		WatchedCluster cluster = WatchedCluster.unwatched(0);
		cluster.shutDown("primary");
		Health health = new ClusterHealthIndicator(cluster.topology(), true).health();
		assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(health.getDetails().get("error")).asString().contains("refused");
	}

	private static WatchedCluster healthy() {
		WatchedCluster cluster = WatchedCluster.of(2);
		cluster.seePrimary("primary", 1, 1000);
		cluster.seeReplica("replica-1", 1, 1000);
		cluster.seeReplica("replica-2", 1, 1000);
		return cluster;
	}

	private static Health health(WatchedCluster cluster) {
		Health health = new ClusterHealthIndicator(cluster.topology()).health();
		assertThat(health).isNotNull();
		return health;
	}

	private static MapAssert<String, Object> node(Health health, String id) {
		Object nodes = health.getDetails().get("nodes");
		assertThat(nodes).isInstanceOf(Map.class);
		return assertThat(((Map<?, ?>) nodes).get(id))
			.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class));
	}

}
