package dev.scaling.monitor;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.TopologyOptions;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ClusterMonitor} with servers that do what no real one does on demand.
 */
class ClusterMonitorTests {

	private static final Duration NEVER = Duration.ofHours(1);

	private static final Duration TIMEOUT = Duration.ofMillis(200);

	private final StubServer primary = new StubServer(false);

	private final StubServer replica = new StubServer(true);

	private final Map<NodePool, ProbeConnector> servers = new LinkedHashMap<>();

	private LiveTopology topology = createTopology();

	private ClusterMonitor monitor = createMonitor(Duration.ofMillis(50));

	private LiveTopology createTopology() {
		this.servers.clear();
		this.servers.put(pool("primary", NodeRole.PRIMARY), this.primary);
		this.servers.put(pool("replica-1", NodeRole.REPLICA), this.replica);
		List<NodePool> pools = List.copyOf(this.servers.keySet());
		NodePool primaryPool = pools.stream().filter((pool) -> pool.node().isPrimary()).findFirst().orElseThrow();
		List<NodePool> replicas = pools.stream().filter((pool) -> !pool.node().isPrimary()).toList();
		return new LiveTopology(primaryPool, replicas, new TopologyOptions(Duration.ofSeconds(10), 1_000_000,
				Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(10)), Clock.systemUTC());
	}

	private static NodePool pool(String id, NodeRole role) {
		return new NodePool(new Node(id, Node.MAIN_CLUSTER, role, null, 1, true), new DriverManagerDataSource());
	}

	private ClusterMonitor createMonitor(Duration interval) {
		return new ClusterMonitor(this.topology, this.servers::get,
				new MonitorOptions(interval, TIMEOUT, 1, "shop", UUID.randomUUID()));
	}

	@AfterEach
	void stop() {
		this.monitor.stop();
	}

	@Test
	void everyNodeIsSeenInTheFirstRoundAndThenAgain() {
		assertThat(this.monitor.awaitFirstRound(Duration.ZERO)).isFalse();
		this.monitor.start();
		assertThat(this.monitor.awaitFirstRound(Duration.ofSeconds(10))).isTrue();
		assertThat(this.topology.current().nodes()).extracting(NodeStatus::state).containsOnly(NodeState.UP);
		await().until(() -> this.primary.queries() > 5 && this.replica.queries() > 5);
		assertThat(this.primary.connections()).isOne();
		assertThat(this.replica.connections()).isOne();
	}

	@Test
	void probeThatHangsIsReportedInTimeAndNoOtherOneFollows() {
		this.monitor.start();
		awaitState("replica-1", NodeState.UP);
		CountDownLatch gate = this.replica.hang();
		long start = System.nanoTime();
		awaitState("replica-1", NodeState.UNREACHABLE);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.plusMillis(1500));
		assertThat(status("replica-1").reason()).startsWith("no answer within ");
		int queries = this.replica.queries();
		int others = this.primary.queries();
		String reason = status("replica-1").reason();
		await().until(() -> this.primary.queries() > others + 5);
		await("the report to be repeated").until(() -> !String.valueOf(reason).equals(status("replica-1").reason()));
		assertThat(this.replica.queries()).isEqualTo(queries);
		assertThat(this.replica.mostRunning()).isOne();
		assertThat(threads()).hasSize(3);
		this.replica.goOn();
		gate.countDown();
		awaitState("replica-1", NodeState.UP);
	}

	@Test
	void answerThatIsTooLateIsDropped() {
		useInterval(NEVER);
		CountDownLatch gate = this.replica.hang();
		this.monitor.start();
		awaitState("replica-1", NodeState.UNREACHABLE);
		this.replica.goOn();
		gate.countDown();
		await().until(() -> !this.replica.isBusy() && this.replica.closedConnections() == 0);
		await().during(Duration.ofMillis(200)).until(() -> status("replica-1").reading() == null);
		assertThat(status("replica-1").state()).isEqualTo(NodeState.UNREACHABLE);
	}

	@Test
	void connectionThatIsMadeTooLateServesTheNextProbe() {
		CountDownLatch gate = this.replica.hangConnecting();
		this.monitor.start();
		awaitState("replica-1", NodeState.UNREACHABLE);
		this.replica.goOn();
		gate.countDown();
		awaitState("replica-1", NodeState.UP);
		assertThat(this.replica.connections()).isOne();
	}

	@Test
	void requestsWhileAProbeRunsAreOneProbe() {
		useInterval(NEVER);
		this.monitor.start();
		awaitState("replica-1", NodeState.UP);
		CountDownLatch gate = this.replica.hang();
		request("replica-1");
		await().until(() -> this.replica.queries() == 2);
		for (int i = 0; i < 100; i++) {
			request("replica-1");
		}
		this.replica.goOn();
		gate.countDown();
		await().until(() -> this.replica.queries() == 3);
		await().during(Duration.ofMillis(200)).until(() -> this.replica.queries() == 3);
		assertThat(this.replica.mostRunning()).isOne();
		assertThat(this.primary.queries()).isOne();
	}

	@Test
	void requestsAreBoundedInTime() {
		useInterval(NEVER);
		this.monitor.start();
		awaitState("primary", NodeState.UP);
		long start = System.nanoTime();
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			request("primary");
			return System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(500);
		});
		assertThat(this.primary.queries()).isGreaterThan(2);
		List<Long> times = this.primary.queryTimes();
		long elapsed = times.get(times.size() - 1) - times.get(0);
		assertThat((times.size() - 2) * 20).isLessThanOrEqualTo((int) TimeUnit.NANOSECONDS.toMillis(elapsed));
	}

	@Test
	void replicasAreAskedShortlyAfterThePrimary() {
		useInterval(NEVER);
		this.monitor.start();
		await().until(() -> this.replica.queries() == 1 && this.primary.queries() == 1);
		assertThat(this.replica.queryTimes().get(0)).isGreaterThan(this.primary.queryTimes().get(0));
	}

	@Test
	void replicasDoNotWaitForAPrimaryThatHangs() {
		CountDownLatch gate = this.primary.hang();
		this.monitor.start();
		await().until(() -> this.replica.queries() > 5);
		awaitState("primary", NodeState.UNREACHABLE);
		this.primary.goOn();
		gate.countDown();
		awaitState("primary", NodeState.UP);
	}

	@Test
	void connectionThatBreaksIsReplacedWithinTheProbe() {
		this.monitor.start();
		awaitState("replica-1", NodeState.UP);
		awaitState("primary", NodeState.UP);
		this.replica.breakConnections(new SQLException("reset", "08006"));
		this.primary.breakConnections(new SQLException("terminated", "57P01"));
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			assertThat(this.topology.current().nodes()).extracting(NodeStatus::state).containsOnly(NodeState.UP);
			return this.replica.connections() == 2 && this.primary.connections() == 2;
		});
		assertThat(this.replica.closedConnections()).isOne();
	}

	@Test
	void serverThatIsDownIsAskedAgain() {
		this.replica.refuse(new SQLException("refused", "08001"));
		this.monitor.start();
		awaitState("replica-1", NodeState.UNREACHABLE);
		assertThat(status("replica-1").reason()).isEqualTo("refused");
		this.replica.refuse(null);
		awaitState("replica-1", NodeState.UP);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void userIsToldOnceThatTheMonitorIsRefused(CapturedOutput output) {
		this.replica.refuse(new SQLException("password authentication failed for user \"watcher\"", "28P01"));
		this.monitor.start();
		await().until(() -> this.replica.mostRunning() > 0);
		awaitState("replica-1", NodeState.UNREACHABLE);
		int others = this.primary.queries();
		await().until(() -> this.primary.queries() > others + 5);
		assertThat(output.toString().split("refuses the monitor", -1)).hasSize(2);
		assertThat(output).contains("Node replica-1 refuses the monitor of cluster main (SQLSTATE 28P01)")
			.contains("correct 'scaling.monitor.username' and 'scaling.monitor.password'");
	}

	@Test
	void connectionOfAPoolGoesBackAfterEachProbe() {
		this.replica.share();
		this.monitor.start();
		await().until(() -> this.replica.queries() > 3);
		this.monitor.stop();
		await().until(() -> this.replica.closedConnections() == this.replica.connections());
		assertThat(this.replica.connections()).isGreaterThan(3);
	}

	@Test
	void stopEndsEverythingAndStartBeginsAgain() {
		for (int i = 1; i <= 3; i++) {
			int round = i;
			this.monitor.start();
			this.monitor.start();
			assertThat(this.monitor.isRunning()).isTrue();
			assertThat(this.monitor.awaitFirstRound(Duration.ofSeconds(10))).isTrue();
			assertThat(threads()).hasSize(3).allMatch(Thread::isDaemon);
			this.monitor.stop();
			this.monitor.stop();
			assertThat(this.monitor.isRunning()).isFalse();
			await().until(() -> threads().isEmpty());
			await().until(() -> this.primary.closedConnections() == round);
			await().until(() -> this.replica.closedConnections() == round);
			request("replica-1");
		}
		assertThat(this.primary.connections()).isEqualTo(3);
	}

	@Test
	void connectionThatIsMadeAfterTheEndIsClosed() {
		CountDownLatch gate = this.replica.hangConnecting();
		this.monitor.start();
		await().until(this.replica::isBusy);
		this.monitor.stop();
		gate.countDown();
		await().until(() -> this.replica.closedConnections() == 1);
		await().until(() -> threads().isEmpty());
		assertThat(status("replica-1").reading()).isNull();
	}

	private void useInterval(Duration interval) {
		this.topology = createTopology();
		this.monitor = createMonitor(interval);
	}

	private void request(String id) {
		this.topology.eject(this.topology.pool(id).orElseThrow(), "test");
	}

	private NodeStatus status(String id) {
		return this.topology.current().node(id).orElseThrow();
	}

	private void awaitState(String id, NodeState state) {
		await(id + " is " + state).pollInterval(Duration.ofMillis(5))
			.atMost(Duration.ofSeconds(20))
			.until(() -> status(id).state() == state);
	}

	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("scaling-monitor-"))
			.toList();
	}

}
