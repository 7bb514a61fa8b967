package dev.scaling.routing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.scaling.routing.ProbeFailure.Kind;
import dev.scaling.topology.Lag;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LiveTopology}.
 */
class LiveTopologyTests {

	private final ProbedCluster cluster = ProbedCluster.tried(2);

	private final LiveTopology topology = this.cluster.topology();

	private void seeHealthyCluster() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").replica(1, 1000);
		this.cluster.send("replica-2").replica(1, 1000);
		assertThat(this.cluster.available()).containsExactly("replica-1", "replica-2");
		assertThat(this.cluster.isWritable()).isTrue();
	}

	@Test
	void nodeThatHasNotBeenSeenIsGivenNoWork() {
		ProbedCluster unseen = new ProbedCluster(2);
		assertThat(unseen.topology().current().nodes()).extracting(NodeStatus::state).containsOnly(NodeState.UNSEEN);
		assertThat(unseen.primary()).isEqualTo("none");
		assertThat(unseen.available()).isEmpty();
		unseen.send("primary").primary(1, 1000);
		unseen.send("replica-1").replica(1, 1000);
		unseen.send("replica-2").down();
		assertThat(unseen.primary()).isEqualTo("primary");
		assertThat(unseen.isWritable()).isTrue();
		assertThat(unseen.available()).containsExactly("replica-1");
	}

	@Test
	void lagIsUnknownWithoutAPrimary() {
		this.cluster.send("replica-1").replica(1, 1000);
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.LAGGING);
		assertThat(this.cluster.status("replica-1").lag()).isNull();
		assertThat(this.cluster.available()).isEmpty();
	}

	@Test
	void lagIsTheAgeOfTheOldestSampleThatTheReplicaDoesNotHave() {
		this.cluster.send("primary", Duration.ofSeconds(20)).primary(1, 1000);
		this.cluster.send("primary", Duration.ofSeconds(8)).primary(1, 2000);
		this.cluster.send("primary", Duration.ofSeconds(2)).primary(1, 3000);
		this.cluster.send("replica-1").replica(1, 1500);
		assertLag("replica-1", Duration.ofSeconds(8), 1500);
		this.cluster.send("replica-1").replica(1, 2000);
		assertLag("replica-1", Duration.ofSeconds(2), 1000);
		this.cluster.send("replica-1").replica(1, 3000);
		assertThat(this.cluster.status("replica-1").lag()).isEqualTo(Lag.NONE);
		assertThat(this.cluster.available()).containsExactly("replica-1");
		this.cluster.send("replica-1").replica(1, 500);
		assertLag("replica-1", Duration.ofSeconds(20), 2500);
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.LAGGING);
		assertThat(this.cluster.topology().snapshot().lagging()).isEmpty();
	}

	private void assertLag(String id, Duration time, long bytes) {
		Lag lag = this.cluster.status(id).lag();
		assertThat(lag).isNotNull();
		assertThat(lag.time()).isBetween(time, time.plusSeconds(2));
		assertThat(lag.bytes()).isEqualTo(bytes);
	}

	@Test
	void lagDoesNotGrowWhileThePrimaryIsIdle() {
		this.cluster.send("primary", Duration.ofSeconds(60)).primary(1, 1000);
		this.cluster.send("replica-1", Duration.ofSeconds(60)).replica(1, 1000);
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").replica(1, 1000);
		assertThat(this.cluster.status("replica-1").lag()).isEqualTo(Lag.NONE);
	}

	@Test
	void lagDoesNotGrowWhileThePrimaryIsAway() {
		this.cluster.send("primary", Duration.ofSeconds(60)).primary(1, 1000);
		this.cluster.send("primary", Duration.ofSeconds(59)).primary(1, 2000);
		this.cluster.send("primary").down();
		this.cluster.send("replica-1").replica(1, 1500);
		assertLag("replica-1", Duration.ZERO, 500);
	}

	@Test
	void replicaThatIsManyBytesBehindLags() {
		this.cluster.send("primary").primary(1, 3 * ProbedCluster.MAX_LAG_BYTES);
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("primary").primary(1, 5 * ProbedCluster.MAX_LAG_BYTES);
		this.cluster.send("replica-1").replica(1, 4 * ProbedCluster.MAX_LAG_BYTES);
		this.cluster.send("replica-2").replica(1, 4 * ProbedCluster.MAX_LAG_BYTES - 1);
		assertThat(this.cluster.available()).containsExactly("replica-1");
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.LAGGING);
		assertThat(this.topology.snapshot().lagging()).containsExactly(this.cluster.node("replica-2"));
	}

	@Test
	void primaryThatIsDownStaysThePrimary() {
		seeHealthyCluster();
		this.cluster.send("primary").down();
		assertThat(this.cluster.primary()).isEqualTo("primary");
		assertThat(this.cluster.state("primary")).isEqualTo(NodeState.UNREACHABLE);
		assertThat(this.cluster.isWritable()).isFalse();
		assertThat(this.cluster.available()).containsExactly("replica-1", "replica-2");
		this.cluster.send("primary").primary(1, 1000);
		assertThat(this.cluster.isWritable()).isTrue();
		assertThat(this.topology.failovers()).isZero();
	}

	@Test
	void singleSlowProbeTakesNothingFromThePrimary() {
		seeHealthyCluster();
		this.cluster.send("primary").fails(Kind.TIMEOUT);
		assertThat(this.cluster.isWritable()).isTrue();
		this.cluster.send("primary").fails(Kind.TIMEOUT);
		assertThat(this.cluster.isWritable()).isFalse();
	}

	@Test
	void primaryThatRefusesOnlyTheMonitorGoesOn() {
		seeHealthyCluster();
		for (int i = 0; i < 10; i++) {
			this.cluster.send("primary").fails(Kind.REFUSED);
		}
		assertThat(this.cluster.isWritable()).isTrue();
	}

	@Test
	void silenceDoesNotHideWhatTheServerHasSaidBefore() {
		seeHealthyCluster();
		this.cluster.send("replica-1").fails(Kind.REFUSED);
		this.cluster.send("replica-1").fails(Kind.TIMEOUT);
		this.cluster.send("replica-1").fails(Kind.TIMEOUT);
		assertThat(this.cluster.reason("replica-1"))
			.isEqualTo("no answer: TIMEOUT (it said before: no answer: REFUSED)");
		this.cluster.send("replica-1").fails(Kind.DOWN);
		this.cluster.send("replica-1").fails(Kind.TIMEOUT);
		assertThat(this.cluster.reason("replica-1")).isEqualTo("no answer: TIMEOUT");
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void replicaThatIsNotReachedIsLeftAloneForAWhile(Kind kind) {
		seeHealthyCluster();
		this.cluster.send("replica-1").fails(kind);
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.UNREACHABLE);
		assertThat(this.cluster.reason("replica-1")).isEqualTo("no answer: " + kind);
		this.cluster.send("replica-1").replica(1, 1000);
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.EJECTED);
		assertThat(this.cluster.available()).containsExactly("replica-2");
		await().until(() -> {
			this.cluster.send("replica-1").replica(1, 1000);
			return this.cluster.state("replica-1") == NodeState.UP;
		});
	}

	@Test
	void probeThatWasSentBeforeAnEjectionDoesNotEndIt() {
		seeHealthyCluster();
		List<ProbedCluster.Probe> early = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			early.add(this.cluster.send("replica-1"));
		}
		this.topology.eject(this.cluster.node("replica-1"), "connection lost");
		assertThat(this.cluster.reason("replica-1")).isEqualTo("connection lost");
		await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
		early.forEach((probe) -> probe.replica(1, 1000));
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.EJECTED);
		this.cluster.send("replica-1").replica(1, 1000);
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.UP);
	}

	@Test
	void primaryIsNotEjectedButProbed() {
		seeHealthyCluster();
		List<NodePool> requested = new ArrayList<>();
		LiveTopology.ProbeListener listener = requested::add;
		this.topology.addListener(listener);
		this.topology.eject(this.cluster.node("primary"), "connection lost");
		assertThat(requested).containsExactly(this.cluster.node("primary"));
		assertThat(this.cluster.isWritable()).isTrue();
		this.topology.removeListener(listener);
		this.topology.eject(this.cluster.node("primary"), "connection lost");
		assertThat(requested).hasSize(1);
	}

	@Test
	void promotedReplicaIsFollowed() {
		seeHealthyCluster();
		this.cluster.send("primary").down();
		this.cluster.send("replica-1").primary(2, 1200, 1000);
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
		assertThat(this.cluster.status("replica-1").role()).isEqualTo(NodeRole.PRIMARY);
		assertThat(this.topology.timeline()).isEqualTo(2);
		assertThat(this.topology.failovers()).isOne();
		assertThat(this.cluster.isWritable()).isTrue();
		assertThat(this.cluster.available()).isEmpty();
	}

	@Test
	void workOnADeposedPrimaryIsAborted() {
		seeHealthyCluster();
		this.cluster.send("replica-1").primary(2, 1200, 1000);
		assertThat(this.cluster.node("primary").aborts()).isOne();
		assertThat(this.cluster.node("primary").abortReason()).contains("replica-1 is the primary now");
		assertThat(this.cluster.state("primary")).isEqualTo(NodeState.FENCED);
		assertThat(this.cluster.node("replica-2").aborts()).isZero();
	}

	@Test
	void workOnAPrimaryThatHasBecomeAStandbyIsAborted() {
		seeHealthyCluster();
		this.cluster.start("primary");
		this.cluster.send("primary").replica(1, 1000);
		assertThat(this.cluster.primary()).isEqualTo("none");
		assertThat(this.cluster.node("primary").aborts()).isOne();
		assertThat(this.cluster.isWritable()).isFalse();
	}

	@Test
	void workOnANodeThatDoesNotAnswerForLongIsAbortedOnce() {
		ProbedCluster impatient = new ProbedCluster(1, "", Duration.ofMillis(100)).tryAll();
		impatient.send("primary").primary(1, 1000);
		impatient.send("primary").fails(Kind.TIMEOUT);
		assertThat(impatient.node("primary").aborts()).isZero();
		await().pollDelay(Duration.ofMillis(150)).until(() -> true);
		impatient.send("primary").fails(Kind.TIMEOUT);
		impatient.send("primary").fails(Kind.TIMEOUT);
		assertThat(impatient.node("primary").aborts()).isOne();
		assertThat(impatient.primary()).isEqualTo("primary");
	}

	@Test
	void replicaOnAnotherTimelineLags() {
		seeHealthyCluster();
		this.cluster.send("primary").down();
		this.cluster.send("replica-1").primary(2, 1200, 1000);
		this.cluster.send("replica-2").replica(1, 1000);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.LAGGING);
		assertThat(this.cluster.reason("replica-2")).isEqualTo("follows timeline 1, the primary is on 2");
		assertThat(this.topology.snapshot().lagging()).isEmpty();
		this.cluster.send("replica-2").replica(2, 1100);
		assertThat(this.cluster.available()).containsExactly("replica-2");
	}

	@Test
	void replicaWithoutAKnownTimelineHasToMove() {
		this.cluster.send("primary").primary(1, 1000);
		this.cluster.send("replica-1").replica(0, 1000);
		this.cluster.send("replica-2").replica(0, 1000);
		assertThat(this.cluster.available()).containsExactly("replica-1", "replica-2");
		this.cluster.send("primary").down();
		this.cluster.send("replica-1").primary(2, 1200, 1000);
		this.cluster.send("replica-2").replica(0, 1000);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.LAGGING);
		assertThat(this.cluster.reason("replica-2")).contains("grant pg_monitor");
		this.cluster.send("replica-2").replica(0, 1000);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.LAGGING);
		this.cluster.send("replica-2").replica(0, 1200);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.UP);
	}

	/**
	 * The probe of the primary was sent after the replica had answered.
	 */
	@Test
	void replicaThatIsAheadOfALaterPrimaryHasDiverged() {
		seeHealthyCluster();
		this.cluster.send("replica-2").replica(1, 3000);
		this.cluster.send("primary").primary(1, 2000);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.FENCED);
		assertThat(this.cluster.reason("replica-2")).contains("diverged").contains("0/BB8").contains("0/7D0");
		this.cluster.send("primary").primary(1, 9000);
		this.cluster.send("replica-2").replica(1, 3000);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.FENCED);
		this.cluster.start("replica-2");
		this.cluster.send("replica-2").replica(1, 9000);
		this.cluster.send("primary").primary(1, 9000);
		assertThat(this.cluster.state("replica-2")).isEqualTo(NodeState.UP);
	}

	@Test
	void replicaThatIsAheadOfAnEarlierPrimaryIsOnlyFaster() {
		seeHealthyCluster();
		ProbedCluster.Probe slow = this.cluster.send("primary");
		this.cluster.send("replica-2").replica(1, 3000);
		slow.primary(1, 2000);
		assertThat(this.cluster.available()).containsExactly("replica-1", "replica-2");
	}

	@Test
	void replicaThatWasRestartedReturnsWhenItHasCaughtUp() {
		seeHealthyCluster();
		this.cluster.send("replica-1").down();
		this.cluster.send("primary").primary(1, 5000);
		this.cluster.start("replica-1");
		this.cluster.send("replica-1").replica(1, 800);
		this.cluster.send("primary").primary(1, 5000);
		await().until(() -> {
			this.cluster.send("replica-1").replica(1, 4900);
			return this.cluster.reason("replica-1").contains("was restarted");
		});
		assertThat(this.cluster.available()).containsExactly("replica-2");
		this.cluster.send("replica-1").replica(1, 5000);
		assertThat(this.cluster.available()).containsExactly("replica-1", "replica-2");
	}

	@Test
	void readOnlyPrimaryTakesNoWrites() {
		seeHealthyCluster();
		this.cluster.send("primary").readOnlyPrimary(1, 1000);
		assertThat(this.cluster.isWritable()).isFalse();
		assertThat(this.cluster.primary()).isEqualTo("primary");
		assertThat(this.cluster.reason("primary")).contains("default_transaction_read_only");
	}

	@Test
	void onlyTheOperatorPutsADrainedNodeBack() {
		seeHealthyCluster();
		this.topology.drain(this.cluster.node("replica-1"));
		this.topology.drain(this.cluster.node("primary"));
		assertThat(this.cluster.isWritable()).isFalse();
		assertThat(this.cluster.primary()).isEqualTo("none");
		assertThat(this.cluster.available()).containsExactly("replica-2");
		for (int i = 0; i < 3; i++) {
			this.cluster.send("primary").primary(1, 1000);
			this.cluster.send("replica-1").down();
			this.cluster.start("replica-1");
			this.cluster.send("replica-1").replica(1, 1000);
		}
		assertThat(this.cluster.state("replica-1")).isEqualTo(NodeState.DRAINED);
		assertThat(this.cluster.state("primary")).isEqualTo(NodeState.DRAINED);
		this.topology.undrain(this.cluster.node("primary"));
		assertThat(this.cluster.isWritable()).isTrue();
	}

	@Test
	void positionBeyondTheBeginOfALaterTimelineIsLost() {
		seeHealthyCluster();
		this.cluster.send("replica-1").primary(2, 1500, 1200);
		this.cluster.send("replica-2").primary(4, 2500, 2000);
		assertThat(this.topology.isLost(1, 1200)).isFalse();
		assertThat(this.topology.isLost(1, 1201)).isTrue();
		assertThat(this.topology.isLost(2, 2000)).isFalse();
		assertThat(this.topology.isLost(2, 2001)).isTrue();
		assertThat(this.topology.isLost(3, 2001)).isTrue();
		assertThat(this.topology.isLost(4, 9000)).isFalse();
		assertThat(this.topology.isLost(0, 9000)).isFalse();
	}

	@Test
	void lateAnswerOfADeposedPrimaryChangesNothing() {
		seeHealthyCluster();
		ProbedCluster.Probe late = this.cluster.send("primary");
		this.cluster.send("replica-1").primary(2, 1500, 1000);
		late.primary(1, 1600);
		assertThat(this.cluster.primary()).isEqualTo("replica-1");
		assertThat(this.cluster.state("primary")).isEqualTo(NodeState.FENCED);
		assertThat(this.topology.latestInsertPosition()).isEqualTo(1500);
	}

	@Test
	void waitingEndsWithTheChange() throws Exception {
		CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(
				() -> this.topology.await((snapshot) -> snapshot.primary() != null, TimeUnit.SECONDS.toNanos(20)));
		this.cluster.send("replica-1").replica(1, 1000);
		this.cluster.send("primary").primary(1, 1000);
		assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.topology.await((snapshot) -> false, 1_000_000)).isFalse();
	}

	@Test
	void waitingForProbesIgnoresThoseOnTheirWay() {
		seeHealthyCluster();
		ProbedCluster.Probe early = this.cluster.send("replica-1");
		long since = this.topology.epoch();
		early.replica(1, 1000);
		assertThat(this.topology.isProbedSince(this.cluster.node("replica-1"), since)).isFalse();
		this.cluster.send("replica-1").down();
		assertThat(this.topology.isProbedSince(this.cluster.node("replica-1"), since)).isTrue();
	}

}
