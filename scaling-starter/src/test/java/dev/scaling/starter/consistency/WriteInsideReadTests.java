package dev.scaling.starter.consistency;

import java.time.Duration;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingReason;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a read-only transaction on a replica in which a transaction of its own
 * writes: afterwards the outer one reads what was written.
 */
@ExtendWith(OutputCaptureExtension.class)
class WriteInsideReadTests {

	private static final int ROUNDS = 200;

	private static PostgresCluster cluster;

	private static ClusterApplication application;

	@BeforeAll
	static void start() {
		cluster = SharedCluster.repaired();
		Ledger.create(cluster);
		application = ClusterApplication.start(cluster);
		cluster.replicas().forEach((replica) -> replica.replayDelay(Duration.ofMillis(200)));
	}

	@AfterAll
	static void stop() {
		application.close();
		cluster.repair();
	}

	@Test
	void outerTransactionMovesToThePrimary() {
		for (int round = 1; round <= ROUNDS; round++) {
			int account = round;
			ConsistencySession.open().run(() -> application.read(() -> {
				assertThat(latest(account)).isZero();
				assertThat(application.decisions().last().isReplica()).isTrue();
				writeInTransactionOfItsOwn(account);
				assertThat(latest(account)).isEqualTo(account);
				assertThat(application.decisions().last())
					.isEqualTo(new Decision("primary", RoutingReason.SESSION_CONSISTENCY));
				return null;
			}));
		}
		application.pools().awaitDrained();
	}

	@Test
	void autoCommitWriteOfAnotherConnectionMovesItToo() {
		ConsistencySession.open().run(() -> application.read(() -> {
			assertThat(latest(3000)).isZero();
			TransactionTemplate suspended = application.readWrite();
			suspended.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
			suspended.executeWithoutResult((status) -> insert(3000));
			assertThat(latest(3000)).isEqualTo(3000);
			return null;
		}));
	}

	@Test
	void outerTransactionThatMovedStillCannotWrite() {
		ConsistencySession.open().run(() -> application.read(() -> {
			latest(3001);
			writeInTransactionOfItsOwn(3001);
			assertThat(application.jdbc().queryForObject("SHOW transaction_read_only", String.class)).isEqualTo("on");
			assertThat(application.number("SELECT pg_is_in_recovery()::int")).isZero();
			return null;
		}));
	}

	@Test
	void rolledBackWriteDoesNotMoveIt() {
		ConsistencySession.open().run(() -> application.read(() -> {
			latest(3002);
			application.requiresNew().executeWithoutResult((status) -> {
				insert(3002);
				status.setRollbackOnly();
			});
			assertThat(latest(3002)).isZero();
			return null;
		}));
	}

	/**
	 * A repeatable read sees the data as it was when it began: so it does on one server.
	 */
	@Test
	void snapshotStaysWhereItIs() {
		TransactionTemplate snapshot = application.readOnly();
		snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		ConsistencySession.open().run(() -> snapshot.executeWithoutResult((status) -> {
			assertThat(latest(3003)).isZero();
			writeInTransactionOfItsOwn(3003);
			assertThat(latest(3003)).isZero();
			assertThat(application.decisions().count((decision) -> decision.isReplica())).isPositive();
		}));
	}

	@Test
	void outerTransactionThatCannotMoveSaysSo(CapturedOutput output) {
		TransactionTemplate named = application.readOnly();
		named.setName("reports.monthly");
		ConsistencySession.open().run(() -> named.executeWithoutResult((status) -> {
			application.jdbc().queryForObject("SELECT set_config('app.tenant', 'acme', false)", String.class);
			latest(3004);
			writeInTransactionOfItsOwn(3004);
			latest(3004);
		}));
		assertThat(output).contains("Reads of reports.monthly stay on replica-");
	}

	private static void writeInTransactionOfItsOwn(int account) {
		application.requiresNew().executeWithoutResult((status) -> insert(account));
	}

	private static void insert(int account) {
		application.jdbc().update(Ledger.INSERT, account, account);
	}

	private static long latest(int account) {
		return application.number("SELECT coalesce(max(value), 0) FROM entry WHERE account = " + account);
	}

}
