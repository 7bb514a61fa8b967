package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import dev.scaling.routing.NodePool;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for time limits of statements, locks, idle transactions and sockets.
 */
class TimeLimitTests {

	private static final String LIMITS = "SELECT concat_ws(' ', current_setting('statement_timeout'),"
			+ " current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),"
			+ " current_setting('transaction_isolation'))";

	private static final String NONE = "0 0 0 read committed";

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private static ClusterApplication application;

	@BeforeAll
	static void start() {
		application = ClusterApplication.start(cluster.cluster(), "scaling.consistency.mode=none",
				"scaling.pool.maximum-pool-size=2", "scaling.timeouts.statement=900ms", "scaling.timeouts.lock=200ms",
				"scaling.timeouts.idle-in-transaction=500ms", "scaling.timeouts.socket=20s",
				"scaling.timeouts.replica.statement=7s", "scaling.timeouts.replica.lock=0",
				"scaling.timeouts.replica.socket=29500ms");
		application.write("CREATE TABLE locked (id int PRIMARY KEY)");
		application.write("INSERT INTO locked VALUES (1)");
		cluster.cluster().awaitReplication();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void eachTransactionHasTheLimitsOfItsRoleAndLeavesNothing() {
		assertThat(limits(application.readWrite())).isEqualTo("900ms 200ms 500ms read committed");
		assertThat(limits(application.readOnly())).isEqualTo("7s 0 500ms read committed");
		for (int i = 0; i < 4; i++) {
			assertThat(application.jdbc().queryForObject(LIMITS, String.class)).isEqualTo(NONE);
		}
	}

	@Test
	void limitsAndIsolationAreSetTogether() {
		TransactionTemplate repeatable = application.readOnly();
		repeatable.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		assertThat(limits(repeatable)).isEqualTo("7s 0 500ms repeatable read");
	}

	@Test
	void readThatFallsBackToThePrimaryHasItsLimits() {
		cluster.cluster().replica(1).stop();
		application.awaitState("replica-1", NodeState.UNREACHABLE);
		assertThat(limits(application.readOnly())).isEqualTo("900ms 200ms 500ms read committed");
		cluster.cluster().replica(1).start();
		application.awaitAllUp();
	}

	@Test
	void statementIsCancelledInATransactionAndInAutoCommitMode() {
		assertState("57014", () -> application.readWrite()
			.executeWithoutResult((status) -> application.jdbc().execute("SELECT pg_sleep(60)")));
		assertState("57014", () -> application.jdbc().execute("SELECT pg_sleep(60)"));
		assertState("57014", () -> application.jdbc().queryForList("SELECT pg_sleep(?)", 60));
	}

	@Test
	void waitForALockEnds() throws Exception {
		try (Connection other = cluster.cluster().primary().dataSource().getConnection()) {
			other.setAutoCommit(false);
			Jdbc.execute(other, "SELECT * FROM locked FOR UPDATE");
			assertState("55P03", () -> application.write("UPDATE locked SET id = 2"));
		}
	}

	@Test
	void transactionThatDoesNothingEndsAndItsNodeStaysInUse() {
		assertState("25P03", () -> application.readWrite().executeWithoutResult((status) -> {
			long process = application.number("SELECT pg_backend_pid()");
			await().atMost(Duration.ofSeconds(20)).until(() -> isGone(process));
			application.jdbc().execute("SELECT 1");
		}));
		assertThat(application.status("primary").state()).isEqualTo(NodeState.UP);
		assertThat(limits(application.readWrite())).isEqualTo("900ms 200ms 500ms read committed");
	}

	@Test
	void socketsHaveTheLimitOfTheirNode() throws Exception {
		for (Map.Entry<String, Integer> timeout : Map.of("primary", 20_000, "replica-1", 30_000).entrySet()) {
			NodePool pool = application.topology().pool(timeout.getKey()).orElseThrow();
			try (Connection connection = pool.dataSource().getConnection()) {
				assertThat(connection.getNetworkTimeout()).as(timeout.getKey()).isEqualTo(timeout.getValue());
			}
		}
	}

	@Test
	void nothingIsSentWithoutLimits() {
		try (ClusterApplication unlimited = ClusterApplication.start(cluster.cluster(),
				"scaling.pool.data-source-properties.socketTimeout=17")) {
			cluster.cluster().primary().resetStatements();
			String limits = unlimited.readWrite()
				.execute((status) -> unlimited.jdbc().queryForObject(LIMITS, String.class));
			assertThat(limits).isEqualTo(NONE);
			assertThat(cluster.cluster().primary().statements("SET LOCAL")).isZero();
			assertThat(unlimited.topology().pools()).allSatisfy((pool) -> {
				try (Connection connection = pool.dataSource().getConnection()) {
					assertThat(connection.getNetworkTimeout()).isEqualTo(17_000);
				}
			});
		}
	}

	@ParameterizedTest
	@CsvSource({ "scaling.timeouts.statement=-1s, scaling.timeouts.statement, from 1 ms",
			"scaling.timeouts.replica.lock=100us, scaling.timeouts.replica.lock, from 1 ms",
			"scaling.timeouts.socket=5s, scaling.timeouts.socket, longer than the timeout of statements (10000 ms)" })
	void wrongLimitsAreRefused(String property, String name, String reason) {
		assertThatException()
			.isThrownBy(() -> ClusterApplication
				.start(cluster.cluster(), "scaling.timeouts.replica.statement=10s", property)
				.close())
			.havingRootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
				assertThat(ex.getName()).isEqualTo(name);
				assertThat(ex.getReason()).contains(reason);
			});
	}

	private static String limits(TransactionTemplate transaction) {
		return transaction.execute((status) -> application.jdbc().queryForObject(LIMITS, String.class));
	}

	private static boolean isGone(long process) throws SQLException {
		try (Connection other = cluster.cluster().primary().dataSource().getConnection()) {
			return Jdbc.query(other, "SELECT count(*) FROM pg_stat_activity WHERE pid = " + process).equals("0");
		}
	}

	private static void assertState(String state, Runnable work) {
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(work::run)
			.havingCause()
			.isInstanceOfSatisfying(SQLException.class, (ex) -> assertThat(ex.getSQLState()).isEqualTo(state));
	}

}
