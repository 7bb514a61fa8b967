package dev.scaling.starter.resilience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import javax.sql.DataSource;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingListener;
import dev.scaling.routing.RoutingReason;
import dev.scaling.starter.connection.Pools;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.NodeState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the crash of a replica costs: the calls that have a connection to it
 * when the first of them fails, and nothing more.
 */
@SpringBootTest(classes = ResilienceApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
@Import(ReplicaCrashTests.Configuration.class)
@AutoConfigurePostgresCluster(replicas = 2)
class ReplicaCrashTests {

	private static final int THREADS = 16;

	private static final Duration LONG = Duration.ofSeconds(3);

	private static final ThreadLocal<Long> acquired = new ThreadLocal<>();

	@Autowired
	private DataSource dataSource;

	@Autowired
	private PostgresCluster cluster;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private JdbcTemplate jdbc;

	private final AtomicLong ejected = new AtomicLong();

	private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

	private ExecutorService executor;

	private LiveTopology topology;

	@BeforeEach
	void startThreads() {
		this.executor = Executors.newFixedThreadPool(THREADS);
		this.topology = ((RoutingDataSource) this.dataSource).topology();
		this.topology.addListener((pool) -> this.ejected.compareAndSet(0, System.nanoTime()));
		awaitAllInUse();
	}

	@AfterEach
	void repair() {
		this.executor.shutdownNow();
		this.cluster.repair();
		awaitAllInUse();
		Pools.of(this.dataSource).awaitDrained();
	}

	@RepeatedTest(3)
	void crashUnderLoadFailsOnlyCallsThatHaveAConnection() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		List<Future<?>> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			threads.add(this.executor.submit(() -> {
				while (!stop.get()) {
					call();
				}
			}));
		}
		awaitCalls(2000);
		this.cluster.replica(1).kill();
		Awaitility.await().until(() -> state("replica-1") != NodeState.UP);
		awaitCalls(this.calls.size() + 4000);
		this.cluster.replica(1).start();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> state("replica-1") == NodeState.UP);
		long before = reads();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> reads() > before + 100);
		stop.set(true);
		for (Future<?> thread : threads) {
			thread.get(30, TimeUnit.SECONDS);
		}
		assertFailures();
		assertThat(this.calls).filteredOn((call) -> !call.failed).hasSizeGreaterThan(6000);
	}

	@RepeatedTest(3)
	void crashWithoutTrafficFailsNoCall() throws Exception {
		together(20);
		this.calls.clear();
		Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
		this.cluster.replica(1).kill();
		together(20);
		assertThat(this.calls).filteredOn(Call::failed).isEmpty();
		assertThat(this.calls).hasSize(20 * THREADS).allMatch((call) -> call.duration() < LONG.toNanos());
	}

	@Test
	void crashOfAllReplicasSendsReadsToThePrimary() throws Exception {
		together(20);
		this.calls.clear();
		this.cluster.replica(1).kill();
		this.cluster.replica(2).kill();
		together(20);
		assertThat(this.calls).filteredOn(Call::failed).hasSizeLessThanOrEqualTo(THREADS);
		assertThat(this.calls).allMatch((call) -> call.duration() < LONG.toNanos());
		this.calls.clear();
		together(5);
		assertThat(this.calls).filteredOn(Call::failed).isEmpty();
		assertThat(state("replica-1")).isIn(NodeState.EJECTED, NodeState.UNREACHABLE);
		assertThat(state("replica-2")).isIn(NodeState.EJECTED, NodeState.UNREACHABLE);
	}

	@Test
	void restartOfAReplicaFailsOnlyCallsThatHaveAConnection() throws Exception {
		together(20);
		this.calls.clear();
		this.cluster.replica(1).restart();
		together(20);
		assertFailures();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> state("replica-1") == NodeState.UP);
	}

	/**
	 * Each thread has at most one call with a connection when the first error is seen,
	 * and that it is seen is over when the node has been ejected.
	 */
	private void assertFailures() {
		List<Call> failures = this.calls.stream().filter(Call::failed).toList();
		assertThat(failures).as("failures").hasSizeLessThanOrEqualTo(THREADS);
		assertThat(failures).extracting(Call::thread).doesNotHaveDuplicates();
		assertThat(failures).as("failures of calls that got their connection after the ejection")
			.filteredOn((call) -> this.ejected.get() != 0 && call.acquired() > this.ejected.get())
			.isEmpty();
		assertThat(this.calls).as("calls that waited").allMatch((call) -> call.duration() < LONG.toNanos());
	}

	private void together(int callsOfEach) throws Exception {
		CyclicBarrier start = new CyclicBarrier(THREADS);
		List<Future<?>> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			threads.add(this.executor.submit(() -> {
				start.await();
				for (int j = 0; j < callsOfEach; j++) {
					call();
				}
				return null;
			}));
		}
		for (Future<?> thread : threads) {
			thread.get(60, TimeUnit.SECONDS);
		}
	}

	private void call() {
		TransactionTemplate readOnly = new TransactionTemplate(this.transactionManager);
		readOnly.setReadOnly(true);
		long start = System.nanoTime();
		boolean failed = false;
		acquired.set(Long.MAX_VALUE);
		try {
			readOnly.executeWithoutResult(
					(status) -> this.jdbc.queryForObject("SELECT count(*) FROM pg_class", Long.class));
		}
		catch (RuntimeException ex) {
			failed = true;
		}
		this.calls.add(new Call(Thread.currentThread().getName(), acquired.get(), System.nanoTime() - start, failed));
	}

	private void awaitCalls(int number) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.calls.size() >= number);
	}

	private void awaitAllInUse() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.topology.current().nodes().stream().allMatch((node) -> node.state() == NodeState.UP));
	}

	private NodeState state(String node) {
		return this.topology.current()
			.nodes()
			.stream()
			.filter((status) -> status.node().id().equals(node))
			.findFirst()
			.orElseThrow()
			.state();
	}

	private long reads() {
		return this.topology.pool("replica-1").orElseThrow().decisions(RoutingReason.READ_ONLY);
	}

	private record Call(String thread, long acquired, long duration, boolean failed) {

	}

	static class Configuration {

		@Bean
		RoutingListener acquisitions() {
			return (node, reason) -> acquired.set(System.nanoTime());
		}

	}

}
