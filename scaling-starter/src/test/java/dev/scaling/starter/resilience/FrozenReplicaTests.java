package dev.scaling.starter.resilience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.scaling.routing.RoutingDataSource;
import dev.scaling.starter.connection.Pools;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.NodeState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a replica that stops to answer without closing its connections.
 */
@SpringBootTest(classes = ResilienceApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigurePostgresCluster(replicas = 2)
class FrozenReplicaTests {

	private static final int THREADS = 8;

	private static final int CALLS = 20;

	@Autowired
	private DataSource dataSource;

	@Autowired
	private PostgresCluster cluster;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private JdbcTemplate jdbc;

	/**
	 * Without a socket timeout a call waits for the server that it has asked: what counts
	 * is that everything goes on when the server does.
	 */
	@Test
	void callsGoOnWhenTheReplicaDoes() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		AtomicInteger done = new AtomicInteger();
		try {
			this.cluster.replica(1).freeze();
			List<Future<?>> threads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				threads.add(executor.submit(() -> {
					for (int j = 0; j < CALLS; j++) {
						read();
						done.incrementAndGet();
					}
				}));
			}
			Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> done.get() > 0);
			this.cluster.replica(1).resume();
			for (Future<?> thread : threads) {
				thread.get(60, TimeUnit.SECONDS);
			}
			assertThat(done).hasValue(THREADS * CALLS);
		}
		finally {
			this.cluster.replica(1).resume();
			executor.shutdownNow();
		}
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::allInUse);
		Pools.of(this.dataSource).awaitDrained();
	}

	@Test
	void idleConnectionsOfAFrozenReplicaDoNotHoldCallersUp() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			for (int i = 0; i < CALLS; i++) {
				read();
			}
			Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
			this.cluster.replica(1).freeze();
			List<Future<Duration>> threads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				threads.add(executor.submit(() -> {
					long start = System.nanoTime();
					read();
					return Duration.ofNanos(System.nanoTime() - start);
				}));
			}
			for (Future<Duration> thread : threads) {
				assertThat(thread.get(20, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(3));
			}
		}
		finally {
			this.cluster.replica(1).resume();
			executor.shutdownNow();
		}
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::allInUse);
		Pools.of(this.dataSource).awaitDrained();
	}

	private void read() {
		TransactionTemplate readOnly = new TransactionTemplate(this.transactionManager);
		readOnly.setReadOnly(true);
		readOnly.executeWithoutResult((status) -> this.jdbc.queryForObject("SELECT 1", Integer.class));
	}

	private boolean allInUse() {
		return ((RoutingDataSource) this.dataSource).topology()
			.current()
			.nodes()
			.stream()
			.allMatch((node) -> node.state() == NodeState.UP);
	}

}
