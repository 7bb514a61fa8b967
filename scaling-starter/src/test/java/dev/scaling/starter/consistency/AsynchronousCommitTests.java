package dev.scaling.starter.consistency;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for commits that the primary acknowledges before it has written them to its disk:
 * replicas that have replayed all that it has written do not have them yet.
 */
class AsynchronousCommitTests {

	private static final int SESSIONS = 2;

	private static PostgresCluster cluster;

	private static ClusterApplication application;

	@BeforeAll
	static void start() {
		cluster = SharedCluster.repaired();
		Ledger.create(cluster);
		Sql.execute(cluster.primary(), "ALTER SYSTEM SET wal_writer_delay = '1s'", "SELECT pg_reload_conf()");
		application = ClusterApplication.start(cluster);
	}

	@AfterAll
	static void stop() {
		application.close();
		Sql.execute(cluster.primary(), "ALTER SYSTEM RESET wal_writer_delay", "SELECT pg_reload_conf()");
		cluster.repair();
	}

	@Test
	void sessionReadsWhatIsNotOnTheDiskYet() {
		for (int i = 1; i <= SESSIONS; i++) {
			int account = i;
			ConsistencySession.open().run(() -> {
				commitAsynchronously(account);
				readUntilServedByReplica(account);
			});
		}
		application.pools().awaitDrained();
	}

	@Test
	void receiverOfTheTokenReadsItToo() {
		for (int i = 101; i <= 100 + SESSIONS; i++) {
			int account = i;
			ConsistencySession session = ConsistencySession.open();
			session.run(() -> commitAsynchronously(account));
			ConsistencyToken token = ConsistencyToken.parse(session.token().toString());
			ConsistencySession.open(token).run(() -> readUntilServedByReplica(account));
		}
	}

	/**
	 * The transaction has written to the buffers of the primary, and not to its disk: the
	 * replicas have all that they can have, and are not late.
	 */
	@Test
	void idleTransactionThatHasWrittenMakesNoLag() throws SQLException {
		try (Connection connection = cluster.primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("INSERT INTO entry (account, value) SELECT 0, n FROM generate_series(1, 20) AS n");
			ConsistencySession.open().run(() -> {
				application.readWrite().executeWithoutResult((status) -> insert(201));
				readUntilServedByReplica(201);
			});
			await().during(Duration.ofSeconds(2))
				.atMost(Duration.ofSeconds(4))
				.until(AsynchronousCommitTests::replicasAreUp);
			connection.rollback();
		}
	}

	private static boolean replicasAreUp() {
		return application.status("replica-1").state() == NodeState.UP
				&& application.status("replica-2").state() == NodeState.UP;
	}

	private static void commitAsynchronously(int account) {
		application.readWrite().executeWithoutResult((status) -> {
			application.jdbc().execute("SET LOCAL synchronous_commit = off");
			insert(account);
		});
	}

	private static void readUntilServedByReplica(int account) {
		await().pollInSameThread().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5)).until(() -> {
			assertThat(application.read("SELECT count(*) FROM entry WHERE account = " + account)).isOne();
			return application.decisions().last().isReplica();
		});
	}

	private static void insert(int account) {
		application.jdbc().update(Ledger.INSERT, account, account);
	}

}
