package dev.scaling.starter.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.test.PostgresCluster;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures which share of the reads replicas serve, while many sessions write now and
 * then, and read at random times within three seconds after each write.
 */
class ReplicaShareTests {

	private static final Log logger = LogFactory.getLog(ReplicaShareTests.class);

	private static final int SESSIONS = 80;

	private static final int READS_PER_WRITE = 9;

	private static final Duration READING = Duration.ofSeconds(3);

	private static PostgresCluster cluster;

	@BeforeAll
	static void repairCluster() {
		cluster = SharedCluster.repaired();
	}

	@BeforeEach
	void createTable() {
		Ledger.create(cluster);
	}

	@AfterAll
	static void repair() {
		cluster.repair();
	}

	@Test
	void nineReadsOfTenAreServedByReplicas() throws Exception {
		try (ClusterApplication application = ClusterApplication.start(cluster)) {
			Workload workload = run(application);
			logger.info("Reads on replicas, session mode: " + workload);
			assertThat(workload.share()).isGreaterThanOrEqualTo(0.9);
		}
	}

	/**
	 * The window is two of the three seconds.
	 */
	@Test
	void aThirdOfThemIsWithAWindow() throws Exception {
		try (ClusterApplication application = ClusterApplication.start(cluster, "scaling.consistency.mode=window")) {
			Workload workload = run(application);
			logger.info("Reads on replicas, window mode: " + workload);
			assertThat(workload.share()).isBetween(0.2, 0.5);
		}
	}

	/**
	 * Late replicas serve fewer reads, and no stale ones.
	 */
	@Test
	void lateReplicasServeWhatTheyHave() throws Exception {
		try (ClusterApplication application = ClusterApplication.start(cluster)) {
			cluster.replica(1).replayDelay(Duration.ofMillis(200));
			cluster.replica(2).replayDelay(Duration.ofMillis(600));
			Workload workload = run(application);
			logger.info("Reads on replicas that are 200 ms and 600 ms late: " + workload);
			assertThat(workload.share()).isGreaterThan(0.5);
		}
		finally {
			cluster.repair();
		}
	}

	private static Workload run(ClusterApplication application) throws Exception {
		ScheduledExecutorService executor = Executors.newScheduledThreadPool(8);
		try {
			Workload workload = new Workload(application, executor);
			workload.await();
			assertThat(workload.stale).hasValue(0);
			return workload;
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * The sessions of one application.
	 */
	private static final class Workload {

		private final ClusterApplication application;

		private final ScheduledExecutorService executor;

		private final List<Future<?>> futures = new ArrayList<>();

		private final AtomicInteger onReplicas = new AtomicInteger();

		private final AtomicInteger reads = new AtomicInteger();

		private final AtomicInteger stale = new AtomicInteger();

		Workload(ClusterApplication application, ScheduledExecutorService executor) {
			this.application = application;
			this.executor = executor;
			Random random = new Random(42);
			for (int account = 0; account < SESSIONS; account++) {
				schedule(account, random);
			}
		}

		private void schedule(int account, Random random) {
			ConsistencySession session = ConsistencySession.open();
			long write = random.nextInt(1000);
			Future<?> written = at(write, () -> {
				session.run(() -> write(account));
				return null;
			});
			for (int read = 0; read < READS_PER_WRITE; read++) {
				at(write + random.nextLong(20, READING.toMillis()), () -> {
					written.get();
					session.run(() -> read(account));
					return null;
				});
			}
		}

		private Future<?> at(long millis, Callable<?> work) {
			Future<?> future = this.executor.schedule(work, millis, TimeUnit.MILLISECONDS);
			this.futures.add(future);
			return future;
		}

		private void write(int account) {
			this.application.readWrite()
				.executeWithoutResult((status) -> this.application.jdbc().update(Ledger.INSERT, account, 1));
		}

		private void read(int account) {
			long latest = this.application.read("SELECT coalesce(max(value), 0) FROM entry WHERE account = " + account);
			this.reads.incrementAndGet();
			if (latest < 1) {
				this.stale.incrementAndGet();
			}
			if (this.application.decisions().last().isReplica()) {
				this.onReplicas.incrementAndGet();
			}
		}

		void await() throws Exception {
			for (Future<?> future : this.futures) {
				future.get(1, TimeUnit.MINUTES);
			}
			this.application.pools().awaitDrained();
		}

		double share() {
			return (double) this.onReplicas.get() / this.reads.get();
		}

		@Override
		public String toString() {
			return "%.1f %% of %d".formatted(100 * share(), this.reads.get());
		}

	}

}
