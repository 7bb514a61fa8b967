package dev.scaling.starter.resilience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.scaling.routing.NodePool;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what the log says of idle connections that end with their server, or that
 * their server ends.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConnectionLogTests {

	private static final int CONNECTIONS = 10;

	/**
	 * What a pool of HikariCP complains of.
	 */
	private static final Pattern HIKARI = Pattern
		.compile("(?:WARN|ERROR) .*com\\.zaxxer\\.hikari\\.pool\\.\\S+ +: (.*)");

	private static final Pattern DEAD = Pattern
		.compile("(\\S+) - Failed to validate connection org\\.postgresql\\.jdbc\\.PgConnection@(\\w+) .*");

	/**
	 * Ends the connections of the application, and waits until they have ended.
	 */
	private static final String TERMINATE = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 10000))"
			+ " FROM pg_stat_activity WHERE state = 'idle' AND application_name = 'ConnectionLogTests'";

	@RegisterExtension
	static final PostgresClusterExtension extension = PostgresCluster.builder().replicas(1).extension();

	private final ExecutorService executor = Executors.newFixedThreadPool(CONNECTIONS);

	private ClusterApplication application;

	@BeforeEach
	void start() {
		this.application = ClusterApplication.start(extension.cluster(),
				"scaling.pool.maximum-pool-size=" + CONNECTIONS, "scaling.pool.minimum-idle=" + CONNECTIONS,
				"scaling.consistency.mode=none", "scaling.monitor.timeout=5s",
				"scaling.pool.data-source-properties.ApplicationName=ConnectionLogTests");
		awaitIdle("primary");
		awaitIdle("replica-1");
	}

	@AfterEach
	void stop() {
		this.executor.shutdownNow();
		this.application.close();
		extension.cluster().repair();
	}

	@Test
	void replicaThatDiesWithIdleConnectionsIsNamedOnceAndOnceMoreWhenItIsBack(CapturedOutput output) throws Exception {
		extension.cluster().replica(1).kill();
		this.application.awaitState("replica-1", NodeState.UNREACHABLE);
		extension.cluster().replica(1).start();
		this.application.awaitAllUp();
		awaitIdle("replica-1");
		awaitValidation();
		work("replica-1");
		assertThat(output.getOut()).containsOnlyOnce("Node replica-1 is given no work (unreachable): ")
			.containsOnlyOnce("Node replica-1 is given work again");
		assertThat(hikari(output)).isEmpty();
		assertThat(output).doesNotContain("has no effect");
	}

	@Test
	void readsThatFindTheReplicaDeadBeforeTheMonitorNameEachConnectionOnceAtMost(CapturedOutput output)
			throws Exception {
		awaitValidation();
		extension.cluster().replica(1).kill();
		work("replica-1");
		this.application.awaitState("replica-1", NodeState.UNREACHABLE);
		assertThat(output.getOut()).containsOnlyOnce("Node replica-1 is given no work ");
		assertDead(hikari(output), "replica-1");
		int lines = hikari(output).size();
		for (int i = 0; i < 3; i++) {
			work("replica-1");
		}
		assertThat(hikari(output)).hasSize(lines);
	}

	@ParameterizedTest
	@ValueSource(strings = { "primary", "replica-1" })
	void idleConnectionsThatTheServerHasEndedAreNamedOnceAndFailNobody(String node, CapturedOutput output)
			throws Exception {
		awaitValidation();
		assertThat(JdbcClient.create(extension.cluster().node(node).dataSource())
			.sql(TERMINATE)
			.query(Long.class)
			.single()).isEqualTo(CONNECTIONS);
		work(node);
		List<String> lines = hikari(output);
		assertThat(lines).isNotEmpty();
		assertDead(lines, node);
		awaitIdle(node);
		awaitValidation();
		work(node);
		assertThat(hikari(output)).hasSizeBetween(lines.size(), CONNECTIONS);
		assertDead(hikari(output), node);
		assertThat(output.getOut()).doesNotContain("is given no work");
	}

	private void awaitIdle(String node) {
		NodePool pool = this.application.topology().pool(node).orElseThrow();
		await().atMost(Duration.ofSeconds(60))
			.until(() -> Objects.requireNonNull(pool.statistics()).getIdleConnections() == CONNECTIONS);
	}

	/**
	 * HikariCP asks a connection whether it is alive if it has not been used for half a
	 * second.
	 */
	private static void awaitValidation() {
		await().pollDelay(Duration.ofMillis(600)).until(() -> true);
	}

	/**
	 * Work of all threads at the same time, none of which fails.
	 */
	private void work(String node) throws Exception {
		CyclicBarrier start = new CyclicBarrier(CONNECTIONS);
		List<Future<?>> threads = new ArrayList<>();
		for (int i = 0; i < CONNECTIONS; i++) {
			threads.add(this.executor.submit(() -> {
				start.await();
				return node.equals("primary")
						? this.application.readWrite().execute((status) -> this.application.number("SELECT 1"))
						: this.application.read("SELECT 1");
			}));
		}
		for (Future<?> thread : threads) {
			assertThat(thread.get(30, TimeUnit.SECONDS)).isEqualTo(1L);
		}
	}

	private static List<String> hikari(CapturedOutput output) {
		return HIKARI.matcher(output.getOut()).results().map((MatchResult result) -> result.group(1)).toList();
	}

	private static void assertDead(List<String> lines, String node) {
		assertThat(lines).hasSizeLessThanOrEqualTo(CONNECTIONS).allMatch((line) -> line.startsWith(node + " - "));
		assertThat(lines).extracting((line) -> DEAD.matcher(line).replaceFirst("$2")).doesNotHaveDuplicates();
		assertThat(lines).allMatch((line) -> DEAD.matcher(line).matches());
	}

}
