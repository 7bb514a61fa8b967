package dev.scaling.starter.resilience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.starter.connection.Pools;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.NodeState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the crash of the primary: reads do not notice it, and writes go on when it is
 * back.
 */
@SpringBootTest(classes = ResilienceApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "scaling.pool.connection-timeout=2s", "scaling.failover.wait=1s" })
@AutoConfigurePostgresCluster(replicas = 2)
class PrimaryCrashTests {

	private static final int THREADS = 8;

	@Autowired
	private DataSource dataSource;

	@Autowired
	private PostgresCluster cluster;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private JdbcTemplate jdbc;

	@AfterEach
	void repair() {
		this.cluster.repair();
	}

	@Test
	void crashOfThePrimaryFailsNoRead() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		AtomicInteger reads = new AtomicInteger();
		LiveTopology topology = ((RoutingDataSource) this.dataSource).topology();
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> topology.current().nodes().stream().allMatch((node) -> node.state() == NodeState.UP));
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<?>> threads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				threads.add(executor.submit(() -> {
					while (!stop.get()) {
						transaction(true);
						reads.incrementAndGet();
					}
				}));
			}
			transaction(false);
			this.cluster.primary().kill();
			int before = reads.get();
			long start = System.nanoTime();
			assertThatException().isThrownBy(() -> transaction(false));
			assertThatException().isThrownBy(() -> transaction(false));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> reads.get() > before + 1000);
			this.cluster.primary().start();
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.ignoreExceptions()
				.until(() -> Boolean.FALSE.equals(transaction(false)));
			transaction(false);
			stop.set(true);
			for (Future<?> thread : threads) {
				thread.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			stop.set(true);
			executor.shutdownNow();
		}
		Pools.of(this.dataSource).awaitDrained();
	}

	/**
	 * Whether the transaction ran on a replica.
	 */
	private Boolean transaction(boolean readOnly) {
		TransactionTemplate transaction = new TransactionTemplate(this.transactionManager);
		transaction.setReadOnly(readOnly);
		return transaction.execute((status) -> this.jdbc.queryForObject("SELECT pg_is_in_recovery()", Boolean.class));
	}

}
