package dev.scaling.starter.failover;

import java.time.Duration;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the promotion of a replica that has less than the other one: what only the
 * other one has is lost, and nobody reads it there.
 */
class DivergedReplicaTests extends AbstractFailoverTests {

	@Test
	void nothingIsReadFromTheReplicaThatHasMore() {
		ClusterApplication application = start();
		promoteTheLessAdvanced(application);
		awaitNotUp(application, "replica-2");
		application.decisions().clear();
		for (int i = 0; i < 100; i++) {
			ConsistencySession.open().run(() -> assertThat(lost(application)).isZero());
		}
		for (int i = 0; i < 50; i++) {
			insert(application, "later");
			ConsistencySession.open().run(() -> assertThat(lost(application)).isZero());
		}
		assertThat(application.decisions().count((decision) -> decision.node().equals("replica-2"))).isZero();
		this.replica2.rejoin();
		application.awaitState("replica-2", NodeState.UP);
		awaitReadsOnReplica2(application);
	}

	/**
	 * The new primary soon writes more than the old one had: comparing positions does not
	 * tell then.
	 */
	@Test
	void nothingIsReadFromItWhenThePrimaryHasPassedIt() {
		ClusterApplication application = start();
		promoteTheLessAdvanced(application);
		for (int i = 0; i < 5; i++) {
			application.write("INSERT INTO entry (name) SELECT repeat('later', 200) FROM generate_series(1, 500)");
			ConsistencySession.open().run(() -> assertThat(lost(application)).isZero());
		}
		awaitNotUp(application, "replica-2");
	}

	/**
	 * It goes on replaying what it has received from the former primary: that it moves
	 * does not mean that it follows the new one.
	 */
	@Test
	void nothingIsReadFromItWhileItReplaysWhatItHasReceivedBefore() {
		ClusterApplication application = start();
		this.replica2.replayDelay(Duration.ofSeconds(6));
		Sql.execute(this.primary, "INSERT INTO entry (name) VALUES ('kept')");
		awaitName(this.replica1, "kept");
		this.replica1.cutOffReplication();
		Sql.execute(this.primary, "INSERT INTO entry (name) VALUES ('lost')");
		awaitReceived(this.replica2);
		this.primary.kill();
		this.replica1.promote();
		awaitWrite(application);
		application.write("INSERT INTO entry (name) SELECT repeat('later', 200) FROM generate_series(1, 500)");
		await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(() -> {
			ConsistencySession.open().run(() -> assertThat(lost(application)).isZero());
			return Sql.number(this.replica2, COUNT + " WHERE name = 'lost'") == 1;
		});
		await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(3)).until(() -> {
			ConsistencySession.open().run(() -> assertThat(lost(application)).isZero());
			return application.status("replica-2").state() != NodeState.UP;
		});
	}

	/**
	 * An application that starts later has not seen that the replica was ahead.
	 */
	@Test
	void nothingIsReadFromItByAnApplicationThatStartsLater() {
		ClusterApplication application = start();
		promoteTheLessAdvanced(application);
		application.write("INSERT INTO entry (name) SELECT repeat('later', 200) FROM generate_series(1, 2000)");
		ClusterApplication late = startOnBroken();
		late.awaitState("replica-1", NodeState.UP);
		await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(3)).until(() -> {
			ConsistencySession.open().run(() -> assertThat(lost(late)).isZero());
			return late.status("replica-2").state() != NodeState.UP;
		});
	}

	/**
	 * The session has written something that the new primary does not have, and something
	 * before that it has.
	 */
	@Test
	void positionsThatAreLostAreCountedAndBindNobody() {
		ClusterApplication application = start();
		ConsistencySession session = ConsistencySession.open();
		session.run(() -> insert(application, "kept"));
		this.cluster.awaitReplication();
		this.replica1.cutOffReplication();
		session.run(() -> insert(application, "lost"));
		this.cluster.awaitReplication();
		String token = session.token().toString();
		this.primary.kill();
		this.replica1.promote();
		awaitWrite(application);
		ConsistencySession.open(ConsistencyToken.parse(token))
			.run(() -> assertThat(names(application, "kept")).isOne());
		assertThat(application.topology().lostPositions()).isOne();
	}

	/**
	 * Replica 2 has a row that replica 1, which is promoted, never gets.
	 */
	private void promoteTheLessAdvanced(ClusterApplication application) {
		this.replica1.cutOffReplication();
		Sql.execute(this.primary, "INSERT INTO entry (name) VALUES ('lost')");
		awaitName(this.replica2, "lost");
		ConsistencySession.open()
			.run(() -> await().pollInSameThread().atMost(Duration.ofSeconds(10)).until(() -> lost(application) == 1));
		this.primary.kill();
		this.replica1.promote();
		awaitWrite(application);
	}

	private static void awaitWrite(ClusterApplication application) {
		await().pollInSameThread().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
			insert(application, "first");
			return true;
		});
	}

	private static void awaitNotUp(ClusterApplication application, String node) {
		await().atMost(Duration.ofSeconds(10)).until(() -> application.status(node).state() != NodeState.UP);
	}

	private void awaitReceived(PostgresNode replica) {
		long flushed = Sql.number(this.primary, "SELECT pg_current_wal_flush_lsn() - '0/0'");
		await().atMost(Duration.ofSeconds(10))
			.until(() -> Sql.number(replica, "SELECT pg_last_wal_receive_lsn() - '0/0'") >= flushed);
	}

	private static void awaitName(PostgresNode node, String name) {
		await().atMost(Duration.ofSeconds(10))
			.until(() -> Sql.number(node, COUNT + " WHERE name = '" + name + "'") == 1);
	}

	private static void awaitReadsOnReplica2(ClusterApplication application) {
		await().pollInSameThread().atMost(Duration.ofSeconds(10)).until(() -> {
			ConsistencySession.open().run(() -> assertThat(lost(application)).isZero());
			return application.decisions().last().node().equals("replica-2");
		});
	}

	private static long lost(ClusterApplication application) {
		return names(application, "lost");
	}

	private static long names(ClusterApplication application, String name) {
		return application.read(COUNT + " WHERE name = '" + name + "'");
	}

}
