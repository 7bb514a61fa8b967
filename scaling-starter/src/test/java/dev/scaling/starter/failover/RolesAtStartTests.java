package dev.scaling.starter.failover;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.consistency.Failures;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications that find other roles at their start than their configuration
 * says.
 */
class RolesAtStartTests extends AbstractFailoverTests {

	@Test
	void configuredPrimaryIsAStandby() {
		this.primary.kill();
		this.replica1.promote();
		this.replica2.follow();
		this.primary.rejoin();
		ClusterApplication application = start();
		assertThat(application.status("primary").role()).isEqualTo(NodeRole.REPLICA);
		assertThat(application.status("replica-1").role()).isEqualTo(NodeRole.PRIMARY);
		assertWritesGoTo(application, this.replica1);
		this.cluster.awaitReplication();
		application.decisions().clear();
		for (int i = 0; i < 100; i++) {
			ConsistencySession.open().run(() -> assertThat(application.read(COUNT)).isOne());
		}
		assertThat(application.decisions().count((decision) -> decision.node().equals("primary"))).isPositive();
		assertThat(application.decisions().count((decision) -> decision.node().equals("replica-2"))).isPositive();
		assertThat(application.decisions().count((decision) -> decision.node().equals("replica-1"))).isZero();
	}

	@Test
	void configuredPrimaryIsGone() {
		this.primary.kill();
		this.replica1.promote();
		this.replica2.follow();
		ClusterApplication application = startOnBroken();
		assertWritesGoTo(application, this.replica1);
		application.awaitState("replica-2", NodeState.UP);
		assertThat(application.status("primary").state()).isEqualTo(NodeState.UNREACHABLE);
	}

	/**
	 * The deposed primary answers, too, and maybe first: it gets no write even then.
	 */
	@Test
	void configuredPrimaryIsDeposedAndRuns() {
		for (int round = 0; round < 3; round++) {
			if (round == 0) {
				this.replica1.promote();
				this.replica2.follow();
			}
			long before = Sql.number(this.primary, COUNT);
			ClusterApplication application = startOnBroken();
			assertWritesGoTo(application, this.replica1);
			assertThat(application.status("primary").state()).isEqualTo(NodeState.FENCED);
			assertThat(Sql.number(this.primary, COUNT)).isEqualTo(before);
		}
	}

	@Test
	void replicaIsDownAndReturns() {
		this.replica1.kill();
		Sql.execute(this.primary, "INSERT INTO entry (name) VALUES ('meanwhile')");
		ClusterApplication application = startOnBroken();
		application.awaitState("replica-2", NodeState.UP);
		application.awaitState("replica-1", NodeState.UNREACHABLE);
		for (int i = 0; i < 20; i++) {
			assertThat(application.read(COUNT)).isOne();
		}
		this.replica1.start();
		application.awaitState("replica-1", NodeState.UP);
		for (int i = 0; i < 20; i++) {
			ConsistencySession.open().run(() -> assertThat(application.read(COUNT)).isOne());
		}
		assertThat(application.decisions().count((decision) -> decision.node().equals("replica-1"))).isPositive();
	}

	/**
	 * A replica that comes back from a crash may have less than it had shown before.
	 */
	@Test
	void replicaThatReturnsIsReadOnlyWhenItHasCaughtUp() {
		ClusterApplication application = start();
		this.replica1.cutOffReplication();
		this.replica1.kill();
		application.awaitState("replica-1", NodeState.UNREACHABLE);
		insert(application, "meanwhile");
		this.replica1.start();
		application.awaitState("replica-1", NodeState.LAGGING);
		for (int i = 0; i < 20; i++) {
			assertThat(application.read(COUNT)).isOne();
		}
		this.replica1.restoreReplication();
		application.awaitState("replica-1", NodeState.UP);
	}

	@Test
	void twoPrimariesAtTheStart() {
		this.primary.kill();
		this.replica1.promote();
		this.replica2.promote();
		ClusterApplication application = startOnBroken("scaling.failover.start-without-primary=true",
				"scaling.failover.wait=500ms");
		Failures.assertUnavailable(() -> insert(application, "name"))
			.withMessageContainingAll("two primaries", "replica-1", "replica-2");
		this.replica2.kill();
		assertWritesGoTo(application, this.replica1);
	}

}
