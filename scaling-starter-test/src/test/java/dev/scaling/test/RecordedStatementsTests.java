package dev.scaling.test;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import javax.sql.DataSource;

import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.ProbeFailure;
import dev.scaling.routing.TopologyOptions;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link RecordedStatements} and {@link RecordedStatementsAssert}.
 */
class RecordedStatementsTests {

	private final Node primary = node("primary", "main", NodeRole.PRIMARY);

	private final Node replica = node("replica-1", "main", NodeRole.REPLICA);

	private final Node otherReplica = node("replica-2", "main", NodeRole.REPLICA);

	private final Node shard = node("shard-1/primary", "shard-1", NodeRole.PRIMARY);

	private final LiveTopology topology = new LiveTopology(pool(this.primary),
			List.of(pool(this.replica), pool(this.otherReplica)), new TopologyOptions(Duration.ofSeconds(10), 1_000_000,
					Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(10)),
			Clock.systemUTC());

	private int timeline;

	private final StatementRecorder recorder = recorder();

	@AfterEach
	void stop() {
		this.recorder.destroy();
	}

	@Test
	void statementsAreThoseBetweenStartAndClose() {
		run(this.primary, "before");
		try (RecordedStatements recorded = RecordedStatements.start()) {
			run(this.primary, "INSERT");
			this.recorder.failed(this.replica, "SELECT", 7_000_000, mock(Statement.class), new SQLException());
			recorded.close();
			run(this.primary, "after");
			assertThat(recorded.list()).containsExactly(
					new RecordedStatement("INSERT", "primary", "main", true, Duration.ofMillis(3), false),
					new RecordedStatement("SELECT", "replica-1", "main", false, Duration.ofMillis(7), true));
		}
	}

	@Test
	void threadsCanBeTold() throws InterruptedException {
		try (RecordedStatements all = RecordedStatements.start();
				RecordedStatements own = RecordedStatements.startInThread()) {
			Thread thread = new Thread(() -> run(this.replica, "SELECT 1"));
			thread.start();
			thread.join();
			assertThat(own).isEmpty();
			assertThat(all).hasExactly(1);
		}
	}

	@Test
	void nothingIsRecordedWithoutAnApplication() {
		this.recorder.destroy();
		try {
			assertThatIllegalStateException().isThrownBy(RecordedStatements::start)
				.withMessageContaining("No application of this JVM has a routed DataSource")
				.withMessageContaining("@AutoConfigurePostgresCluster");
		}
		finally {
			RecordedStatements.applicationStarted();
		}
	}

	@Test
	void numberIsChecked() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			assertThat(recorded).isEmpty().hasAtMost(0).hasExactly(0);
			run(this.replica, "SELECT 1", "SELECT\n\t1", "SELECT 2");
			assertThat(recorded).hasAtMost(3).hasAtMost(4).hasExactly(3);
			assertFails(() -> assertThat(recorded).as("list").hasAtMost(2), """
					[list] Expected at most 2 statements, but there were 3:
					  2 x replica-1: SELECT 1
					  1 x replica-1: SELECT 2""");
			assertFails(() -> assertThat(recorded).hasExactly(4), "Expected exactly 4 statements, but there were 3:");
			assertFails(() -> assertThat(recorded).isEmpty(), "Expected exactly 0 statements, but there were 3:");
		}
	}

	@Test
	void repetitionsAreChecked() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			run(this.replica, "SELECT a FROM users", "SELECT o FROM orders", "SELECT o FROM orders");
			assertThat(recorded).hasNoneMoreOftenThan(2);
			assertFails(() -> assertThat(recorded).hasNoneMoreOftenThan(1),
					"Expected no statement more often than 1 times, but this one was executed 2 times: SELECT o FROM");
		}
	}

	@Test
	void failuresAreChecked() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			run(this.replica, "SELECT 100%");
			assertThat(recorded).hasNoFailures();
			this.recorder.failed(this.replica, "SELECT %s", 1, mock(Statement.class), new SQLException());
			assertFails(() -> assertThat(recorded).hasNoFailures(),
					"Expected no statement to fail:\n  1 x replica-1: SELECT 100%\n  1 x replica-1: SELECT %s (failed)");
		}
	}

	@Test
	void nodesAreChecked() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			run(this.replica, "SELECT 1");
			run(this.otherReplica, "SELECT 1");
			assertThat(recorded).ranOnReplicas().ranOn("replica-1", "replica-2").ranOnOneShard();
			assertFails(() -> assertThat(recorded).ranOn("replica-2"),
					"Expected all statements on replica-2, but 1 of 2 ran elsewhere:");
			assertFails(() -> assertThat(recorded).ranOnPrimary(),
					"Expected all statements on the primary, but 2 of 2 ran elsewhere:");
			run(this.primary, "UPDATE users SET a = 1");
			assertFails(() -> assertThat(recorded).ranOnReplicas(), """
					Expected all statements on replicas, but 1 of 3 ran elsewhere:
					  1 x replica-1: SELECT 1
					  1 x replica-2: SELECT 1
					  1 x primary (primary): UPDATE users SET a = 1""");
			assertThat(recorded).containing("update USERS").hasExactly(1).ranOnPrimary();
			assertThat(recorded).containing("select").ranOnReplicas();
		}
	}

	@Test
	void primaryIsTheNodeThatTakesTheWritesAtThatTime() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			run(this.replica, "SELECT 1");
			see(this.replica);
			run(this.replica, "SELECT 2");
			assertThat(recorded).containing("SELECT 1").ranOnReplicas();
			assertThat(recorded).containing("SELECT 2").ranOnPrimary();
		}
	}

	@Test
	void shardsAreChecked() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			run(this.shard, "SELECT 1");
			assertThat(recorded).ranOnOneShard().ranOnShards("shard-1").ranOnPrimary();
			assertFails(() -> assertThat(recorded).ranOnShards("shard-1", "shard-2"), "on shard-1, shard-2");
			run(this.primary, "SELECT 1");
			assertThat(recorded).ranOnShards("shard-1", "main");
			assertFails(() -> assertThat(recorded).ranOnOneShard(), "on one shard");
			assertFails(() -> assertThat(recorded).ranOnShards("shard-1"), "on shard-1");
		}
	}

	@Test
	void nothingRanNowhere() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			for (Runnable check : List.<Runnable>of(() -> assertThat(recorded).ranOnReplicas(),
					() -> assertThat(recorded).ranOnPrimary(), () -> assertThat(recorded).ranOn("primary"),
					() -> assertThat(recorded).ranOnOneShard(), () -> assertThat(recorded).ranOnShards("main"),
					() -> assertThat(recorded).containing("SELECT").ranOnReplicas())) {
				assertFails(check, "but there were none");
			}
		}
	}

	@Test
	void failureShowsSomeOfManyStatements() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			for (int i = 0; i < 40; i++) {
				run(this.replica, "SELECT " + i);
			}
			assertFails(() -> assertThat(recorded).isEmpty(), "SELECT 29\n  and 10 others");
		}
	}

	@Test
	void recordingIsBounded() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			for (int i = 0; i < 100_001; i++) {
				run(this.replica, "SELECT 1");
			}
			assertThatIllegalStateException().isThrownBy(recorded::list).withMessageContaining("More than 100000");
			assertThatIllegalStateException().isThrownBy(() -> assertThat(recorded).hasAtMost(200_000));
		}
	}

	@Test
	void contextsOfAllTestsAreTheSameToTheCache() {
		StatementRecorderContextCustomizerFactory factory = new StatementRecorderContextCustomizerFactory();
		assertThat(factory.createContextCustomizer(Object.class, List.of())).isNotNull()
			.isEqualTo(factory.createContextCustomizer(String.class, List.of()))
			.hasSameHashCodeAs(factory.createContextCustomizer(String.class, List.of()));
	}

	private static void assertFails(Runnable check, String message) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(check::run).withMessageContaining(message);
	}

	private void run(Node node, String... statements) {
		for (String sql : statements) {
			this.recorder.executed(node, sql, 3_000_000, null);
		}
	}

	private StatementRecorder recorder() {
		this.topology.replicas()
			.forEach((replica) -> this.topology.failed(replica, this.topology.beginProbe(),
					new ProbeFailure("refused", ProbeFailure.Kind.DOWN)));
		see(this.primary);
		Clusters clusters = new Clusters(() -> {
		});
		clusters.add(this.topology);
		clusters.add(new LiveTopology(pool(this.shard), List.of(), Clock.systemUTC()));
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("clusters", clusters);
		return new StatementRecorder(beans.getBeanProvider(Clusters.class));
	}

	/**
	 * A probe sees a node that has been promoted.
	 */
	private void see(Node node) {
		this.timeline++;
		long position = 1000L * this.timeline;
		this.topology.seen(this.topology.pool(node.id()).orElseThrow(),
				new NodeReading(this.topology.beginProbe(), System.nanoTime(),
						new Server(1, node.id(), 5432, Instant.EPOCH), false, false, this.timeline, position, position,
						0, (this.timeline > 1) ? position : 0, null));
	}

	private static NodePool pool(Node node) {
		return new NodePool(node, mock(DataSource.class));
	}

	private static Node node(String id, String cluster, NodeRole role) {
		return new Node(id, cluster, role, null, 1, true);
	}

}
