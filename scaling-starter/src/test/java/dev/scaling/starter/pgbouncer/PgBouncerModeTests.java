package dev.scaling.starter.pgbouncer;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.scaling.routing.NodePool;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PgBouncer;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for applications behind a PgBouncer whose mode they know, or do not know.
 */
@ExtendWith(OutputCaptureExtension.class)
class PgBouncerModeTests {

	private static final int THREADS = 8;

	private static final String DETECTED = "is reached through a pooler in transaction mode";

	@RegisterExtension
	static final PostgresClusterExtension extension = PostgresCluster.builder().replicas(1).extension();

	@BeforeAll
	static void isInstalled() {
		assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
		JdbcClient.create(extension.cluster().primary().dataSource()).sql("CREATE TABLE entry (name text)").update();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "scaling.pgbouncer.mode=none", "scaling.primary.pgbouncer.mode=session" })
	void transactionModeThatNobodyDeclaredFailsAndIsNamed(String property, CapturedOutput output) throws Exception {
		String declared = property.startsWith("scaling.primary") ? "scaling.primary.pgbouncer.mode"
				: "scaling.pgbouncer.mode";
		try (PgBouncer pgbouncer = pgbouncer("transaction");
				ClusterApplication application = start(pgbouncer,
						property.isEmpty() ? "scaling.pool.minimum-idle=2" : property)) {
			await().atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(output).containsOnlyOnce("Node primary " + DETECTED)
					.contains("Set '" + declared + ": transaction'")
					.containsOnlyOnce("Node replica-1 " + DETECTED));
			if (declared.equals("scaling.pgbouncer.mode")) {
				assertThat(failures(application)).anySatisfy((message) -> assertThat(message)
					.containsPattern("prepared statement .* (does not|already) exist"));
			}
		}
	}

	@Test
	void sameWorkSucceedsInDeclaredTransactionMode(CapturedOutput output) throws Exception {
		try (PgBouncer pgbouncer = pgbouncer("transaction");
				ClusterApplication application = start(pgbouncer, "scaling.pgbouncer.mode=transaction")) {
			assertThat(failures(application)).isEmpty();
			assertThat(output).doesNotContain(DETECTED).containsOnlyOnce("cannot be counted, because a pooler hides");
		}
	}

	@Test
	void monitorThatGoesPastThePoolerSeesNodesWhosePoolerIsFull(CapturedOutput output) {
		String[] properties = { "scaling.pgbouncer.mode=transaction", "scaling.monitor.interval=50ms",
				"scaling.primary.monitor-url=" + extension.cluster().primary().jdbcUrl(),
				"scaling.replicas.replica-1.monitor-url=" + extension.cluster().replica(1).jdbcUrl() };
		try (PgBouncer pgbouncer = PgBouncer.builder()
			.nodes(extension.cluster().nodes())
			.set("default_pool_size", "1")
			.start();
				ClusterApplication application = ClusterApplication.start(extension.cluster(), pgbouncer::jdbcUrl,
						properties)) {
			application.readWrite().executeWithoutResult((status) -> {
				application.jdbc().execute("SELECT 1");
				for (int i = 0; i < 10; i++) {
					long epoch = application.topology().epoch();
					await().atMost(Duration.ofSeconds(10)).until(() -> application.topology().epoch() > epoch + 2);
					assertThat(application.status("primary").state()).isEqualTo(NodeState.UP);
				}
			});
			assertThat(application.topology().pools()).allMatch(NodePool::isProbedServer);
			assertThat(output).doesNotContain("cannot be counted", "is given no work");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "session" })
	void sessionModeIsNotTakenForTransactionMode(String mode, CapturedOutput output) throws Exception {
		try (PgBouncer pgbouncer = pgbouncer("session");
				ClusterApplication application = start(pgbouncer, "scaling.pgbouncer.mode=" + mode)) {
			assertThat(failures(application)).isEmpty();
			application.pools().evict();
			assertThat(failures(application)).isEmpty();
			assertThat(output).doesNotContain(DETECTED);
		}
	}

	@Test
	void statementModeRefusesTransactionsAndRunsStatements() {
		try (PgBouncer pgbouncer = pgbouncer("statement");
				ClusterApplication application = start(pgbouncer, "scaling.pgbouncer.mode=statement")) {
			for (int i = 0; i < 10; i++) {
				application.jdbc().update("INSERT INTO entry VALUES (?)", "statement");
				assertThat(application.number("SELECT count(*) FROM entry WHERE name = 'statement'")).isEqualTo(i + 1);
			}
			assertThatException().isThrownBy(() -> application.write("INSERT INTO entry VALUES ('refused')"))
				.havingRootCause()
				.withMessageContaining("cannot begin on primary")
				.withMessageContaining("statement mode")
				.withMessageContaining("scaling.pgbouncer.mode: transaction");
			assertThatException().isThrownBy(() -> application.read("SELECT 1"))
				.havingRootCause()
				.withMessageContaining("cannot begin on ");
			assertThatException().isThrownBy(() -> application.jdbc().execute("BEGIN"))
				.havingRootCause()
				.withMessageContaining("cannot begin on primary");
			assertThat(application.number("SELECT count(*) FROM entry WHERE name = 'refused'")).isZero();
		}
	}

	private static PgBouncer pgbouncer(String mode) {
		return PgBouncer.builder().nodes(extension.cluster().nodes()).set("pool_mode", mode).start();
	}

	private static ClusterApplication start(PgBouncer pgbouncer, String property) {
		return ClusterApplication.start(extension.cluster(), pgbouncer::jdbcUrl, property,
				"scaling.pool.maximum-pool-size=" + THREADS);
	}

	/**
	 * Why statements fail that the driver prepares on the server after a few executions.
	 */
	private static List<String> failures(ClusterApplication application) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<String>> threads = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				String comment = " /* " + thread % 3 + " */";
				threads.add(executor.submit(() -> failure(application, comment)));
			}
			List<String> failures = new ArrayList<>();
			for (Future<String> thread : threads) {
				String failure = thread.get(30, TimeUnit.SECONDS);
				if (failure != null) {
					failures.add(failure);
				}
			}
			return failures;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static String failure(ClusterApplication application, String comment) {
		for (int i = 0; i < 100; i++) {
			int number = i;
			try {
				application.readWrite()
					.executeWithoutResult((status) -> application.jdbc()
						.queryForObject("SELECT ?::int" + comment, Integer.class, number));
			}
			catch (DataAccessException | TransactionException ex) {
				Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
				assertThat(cause).isInstanceOf(SQLException.class);
				return cause.getMessage();
			}
		}
		return null;
	}

}
