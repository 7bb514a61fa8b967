package dev.scaling.starter.consistency;

import java.time.Duration;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for transactions that are rolled back: they have written nothing, but their
 * session has seen something.
 */
class RollbackTests {

	private static final String BALANCE = "SELECT balance FROM account WHERE id = 1";

	private static PostgresCluster cluster;

	private static ClusterApplication application;

	@BeforeAll
	static void start() {
		cluster = SharedCluster.repaired();
		Sql.execute(cluster.primary(), "DROP TABLE IF EXISTS account",
				"CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0))",
				"INSERT INTO account VALUES (1, 50)");
		cluster.awaitReplication();
		application = ClusterApplication.start(cluster);
		cluster.replicas().forEach((replica) -> replica.replayDelay(Duration.ofMillis(300)));
	}

	@AfterAll
	static void stop() {
		application.close();
		cluster.repair();
	}

	@BeforeEach
	void fillAccount() {
		ConsistencySession.open().run(() -> application.write("UPDATE account SET balance = 50 WHERE id = 1"));
		cluster.awaitReplication();
	}

	/**
	 * "409: your balance is 10", and then a replica shows 50.
	 */
	@Test
	void sessionDoesNotFallBehindWhatARolledBackTransactionHasShown() {
		ConsistencySession session = ConsistencySession.open();
		ConsistencySession.open().run(() -> application.write("UPDATE account SET balance = 10 WHERE id = 1"));
		session.run(() -> {
			refuseWithdrawal();
			assertThat(application.read(BALANCE)).isEqualTo(10);
		});
		ConsistencySession.open().run(() -> assertThat(application.read(BALANCE)).isEqualTo(50));
	}

	@Test
	void rollbackIsNoWriteAndReplicasServeTheSessionSoon() {
		ConsistencySession session = ConsistencySession.open();
		session.run(() -> {
			refuseWithdrawal();
			assertThat(session.hasWritten()).isFalse();
			await().pollInSameThread().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(10)).until(() -> {
				assertThat(application.read(BALANCE)).isEqualTo(50);
				return application.decisions().last().isReplica();
			});
		});
	}

	@Test
	void failedStatementIsNoWriteEither() {
		ConsistencySession session = ConsistencySession.open();
		ConsistencySession.open().run(() -> application.write("UPDATE account SET balance = 10 WHERE id = 1"));
		session.run(() -> {
			try {
				application.write("UPDATE account SET balance = balance - 20 WHERE id = 1");
			}
			catch (RuntimeException ex) {
				// the balance is too low for that, which is what the session has seen
			}
			assertThat(session.hasWritten()).isFalse();
			assertThat(application.read(BALANCE)).isEqualTo(10);
		});
	}

	private static void refuseWithdrawal() {
		application.readWrite().executeWithoutResult((status) -> {
			application.number(BALANCE + " FOR UPDATE");
			application.jdbc().update("UPDATE account SET balance = 0 WHERE id = 1");
			status.setRollbackOnly();
		});
	}

}
