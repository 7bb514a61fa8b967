package dev.scaling.routing;

import java.time.Duration;

import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryElection}, through the topology that uses it.
 */
class PrimaryElectionTests {

	private final ProbedCluster cluster = ProbedCluster.tried(2);

	@Test
	void highestTimelineWinsInWhateverOrderTheNodesAreSeen() {
		this.cluster.send("replica-1").primary(3, 1000, 900);
		this.cluster.send("primary").primary(2, 5000, 800);
		this.cluster.send("replica-2").primary(1, 9000);
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
		assertThat(this.cluster.state("primary")).isEqualTo(NodeState.FENCED);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.FENCED);
		assertThat(this.cluster.reason("primary"))
			.isEqualTo("it claims to be the primary on timeline 2, but replica-1 is the primary on timeline 3;"
					+ " make it a replica again");
	}

	@Test
	void deposedPrimaryIsNotAcceptedThoughTheNewOneIsDown() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").primary(2, 1100, 1000);
		this.cluster.send("replica-1").down();
		this.cluster.send("primary").primary(1, 9000);
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
		assertThat(this.cluster.isWritable()).isFalse();
		assertThat(this.cluster.state("primary")).isEqualTo(NodeState.FENCED);
	}

	@Test
	void twoPrimariesOnOneTimelineTakeNoWrites() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("primary").down();
		this.cluster.send("replica-1").primary(2, 1100, 1000);
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
		this.cluster.send("replica-2").primary(2, 1200, 1000);
		assertThat(this.cluster.primary()).isEqualTo("none");
		assertThat(this.cluster.isWritable()).isFalse();
		assertThat(this.cluster.topology().snapshot().conflict())
			.isEqualTo("replica-1 and replica-2 claim to be the primary on timeline 2");
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.FENCED);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.FENCED);
		assertThat(this.cluster.node("replica-1").aborts()).isOne();
		this.cluster.start("replica-2");
		this.cluster.send("replica-2").replica(2, 1150);
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
		assertThat(this.cluster.isWritable()).isTrue();
	}

	@Test
	void promotionEndsAConflict() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").primary(2, 1100, 1000);
		this.cluster.send("replica-2").primary(2, 1200, 1000);
		this.cluster.send("replica-2").primary(3, 1300, 1250);
		assertThat(this.cluster.primary()).isEqualTo("replica-2");
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.FENCED);
	}

	@Test
	void anotherServerOnTheTimelineOfAPrimaryThatIsAwayIsNoSuccessor() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("primary").down();
		this.cluster.send("replica-1").primary(1, 1000);
		assertThat(this.cluster.primary()).isEqualTo("primary");
		assertThat(this.cluster.isWritable()).isFalse();
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.FENCED);
	}

	@Test
	void twoNamesOfOneServerAreNoConflict() {
		this.cluster.redirect("replica-1", "primary");
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").primary(1, 1000);
		assertThat(this.cluster.primary()).isEqualTo("primary");
		assertThat(this.cluster.isWritable()).isTrue();
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.UP);
		assertThat(this.cluster.available()).isEmpty();
	}

	@Test
	void restartedPrimaryStaysThePrimary() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("primary").down();
		this.cluster.start("primary");
		this.cluster.send("primary").primary(1, 1100);
		assertThat(this.cluster.isWritable()).isTrue();
		assertThat(this.cluster.topology().failovers()).isZero();
	}

	@Test
	void standbyThatWasThePrimaryMayBePromotedAgain() {
		this.cluster.send("replica-2").down();
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").primary(2, 1100, 1000);
		this.cluster.start("primary");
		this.cluster.send("primary").replica(2, 1100);
		assertThat(this.cluster.available()).doesNotContain("replica-1");
		this.cluster.send("primary").primary(3, 1300, 1200);
		assertThat(this.cluster.primary()).isEqualTo("primary");
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.FENCED);
		assertThat(this.cluster.topology().failovers()).isEqualTo(2);
	}

	@Test
	void writesDoNotFollowAReplicaThatIsNotPromotable() {
		ProbedCluster restricted = new ProbedCluster(2, "replica-1", Duration.ofSeconds(30)).tryAll();
		restricted.send("primary").primary(1, 1000);
		restricted.send("replica-1").primary(2, 1100, 1000);
		assertThat(restricted.primary()).isEqualTo("primary");
		assertThat(restricted.isWritable()).isTrue();
		assertThat(restricted.state("replica-1")).isEqualTo(NodeState.FENCED);
		assertThat(restricted.reason("replica-1"))
			.isEqualTo("it was promoted on timeline 2, but 'promotable' is false");
		restricted.send("replica-2").primary(2, 1200, 1000);
		assertThat(restricted.primary()).isEqualTo("replica-2");
	}

	@Test
	void configuredPrimarySaysWhichClusterItIs() {
		this.cluster.start("replica-1", 43);
		this.cluster.start("replica-2", 0x8000_0000_0000_0000L);
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").primary(7, 9000, 8000);
		this.cluster.send("replica-2").replica(1, 1000);
		assertThat(this.cluster.primary()).isEqualTo("primary");
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.FENCED);
		assertThat(this.cluster.reason("replica-1")).contains("(system identifier 43, not 42)");
		assertThat(this.cluster.reason("replica-2")).contains("9223372036854775808");
		assertThat(this.cluster.available()).isEmpty();
	}

	@Test
	void primaryOfAnotherClusterIsNotAcceptedBecauseTheConfiguredOneIsSlow() {
		ProbedCluster unseen = new ProbedCluster(1);
		unseen.start("replica-1", 43);
		unseen.send("primary").fails(ProbeFailure.Kind.TIMEOUT);
		unseen.send("replica-1").primary(1, 9000);
		assertThat(unseen.primary()).isEqualTo("none");
		unseen.send("primary").primary(1, 1000);
		assertThat(unseen.primary()).isEqualTo("primary");
		assertThat(unseen.state("replica-1")).isEqualTo(NodeState.FENCED);
	}

	@Test
	void configuredPrimaryThatNeverAnswersIsNotWaitedForAnyLonger() {
		ProbedCluster unseen = new ProbedCluster(1);
		for (int i = 0; i < 4; i++) {
			assertThat(unseen.primary()).isEqualTo("none");
			unseen.send("primary").fails(ProbeFailure.Kind.TIMEOUT);
			unseen.send("replica-1").primary(2, 9000, 8000);
		}
		assertThat(unseen.primary()).isEqualTo("replica-1");
	}

	@Test
	void nodesThatDisagreeWithoutTheConfiguredPrimaryAreGivenNoWork() {
		this.cluster.start("replica-2", 43);
		this.cluster.send("primary").down();
		this.cluster.send("replica-1").primary(2, 1000, 900);
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
		this.cluster.send("replica-2").primary(3, 1000, 900);
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.FENCED);
	}

	@Test
	void primaryThatRefusesTheMonitorStillHasARival() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").primary(2, 1100, 1000);
		this.cluster.send("replica-1").fails(ProbeFailure.Kind.REFUSED);
		this.cluster.send("replica-2").primary(2, 1200, 1000);
		assertThat(this.cluster.primary()).isEqualTo("none");
		assertThat(this.cluster.isWritable()).isFalse();
	}

	@Test
	void primaryThatIsOnlySeenFirstIsNotDeposed() {
		ProbedCluster unseen = new ProbedCluster(2);
		unseen.send("primary").primary(1, 9000);
		unseen.send("replica-2").fails(ProbeFailure.Kind.DOWN);
		unseen.send("replica-1").primary(2, 1000, 900);
		assertThat(unseen.primary()).isEqualTo("replica-1");
		assertThat(unseen.topology().failovers()).isZero();
		assertThat(unseen.state("primary")).isEqualTo(NodeState.FENCED);
	}

	@Test
	void conflictDoesNotEndBecauseOneOfTheRivalsIsSlow() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").primary(2, 1100, 1000);
		this.cluster.send("replica-2").primary(2, 1200, 1000);
		this.cluster.send("replica-2").fails(ProbeFailure.Kind.TIMEOUT);
		assertThat(this.cluster.primary()).isEqualTo("none");
		this.cluster.send("replica-2").down();
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
	}

}
