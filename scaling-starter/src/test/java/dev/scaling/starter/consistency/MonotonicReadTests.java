package dev.scaling.starter.consistency;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for sessions that only read, on replicas of different delays: the counter that
 * somebody else increments never goes backwards.
 */
class MonotonicReadTests {

	private static final Duration DURATION = Duration.ofMillis(1500);

	private static final String COUNTER = "SELECT value FROM counter";

	private static final String ROUND_ROBIN = "scaling.routing.selector=round-robin";

	private static PostgresCluster cluster;

	private static ClusterApplication application;

	private final AtomicBoolean stop = new AtomicBoolean();

	private ExecutorService executor;

	private Future<?> writer;

	@BeforeAll
	static void createCounter() {
		cluster = SharedCluster.repaired();
		Sql.execute(cluster.primary(), "DROP TABLE IF EXISTS counter", "CREATE TABLE counter (value bigint NOT NULL)",
				"INSERT INTO counter VALUES (0)");
		cluster.awaitReplication();
		application = ClusterApplication.start(cluster, ROUND_ROBIN);
		cluster.replica(2).replayDelay(Duration.ofMillis(300));
	}

	@AfterAll
	static void stop() {
		application.close();
		cluster.repair();
	}

	@BeforeEach
	void startWriter() {
		this.executor = Executors.newSingleThreadExecutor();
		this.writer = this.executor.submit(() -> {
			while (!this.stop.get()) {
				Sql.execute(cluster.primary(), "UPDATE counter SET value = value + 1");
			}
		});
	}

	@AfterEach
	void stopWriter() throws Exception {
		this.stop.set(true);
		this.writer.get(20, TimeUnit.SECONDS);
		this.executor.shutdown();
	}

	@Test
	void sessionNeverSeesTheCounterGoBackwards() {
		Reads reads = new Reads();
		ConsistencySession session = ConsistencySession.open();
		long end = System.nanoTime() + DURATION.toNanos();
		while (System.nanoTime() < end) {
			session.run(() -> reads.add(application.read(COUNTER)));
		}
		assertThat(reads.increases).isPositive();
		assertThat(reads.decreases).isZero();
		assertThat(application.decisions().count(Decision::isReplica)).isPositive();
		application.pools().awaitDrained();
	}

	/**
	 * Every read goes on in another session with the token of the one before.
	 */
	@Test
	void neitherDoSessionsThatHandOverTheirTokens() {
		Reads reads = new Reads();
		String token = "";
		long end = System.nanoTime() + DURATION.toNanos();
		while (System.nanoTime() < end) {
			ConsistencySession session = ConsistencySession.open(ConsistencyToken.parse(token));
			session.run(() -> reads.add(application.read(COUNTER)));
			token = session.token().toString();
		}
		assertThat(reads.increases).isPositive();
		assertThat(reads.decreases).isZero();
	}

	/**
	 * What the primary has shown binds the session, too.
	 */
	@Test
	void neitherDoReadsThatChangeBetweenNodes() {
		Reads reads = new Reads();
		ConsistencySession session = ConsistencySession.open();
		long end = System.nanoTime() + DURATION.toNanos();
		for (int i = 0; System.nanoTime() < end; i++) {
			boolean primary = i % 10 == 0;
			session.run(() -> reads.add(primary ? application.number(COUNTER) : application.read(COUNTER)));
		}
		assertThat(reads.increases).isPositive();
		assertThat(reads.decreases).isZero();
	}

	@Test
	void withoutConsistencyItGoesBackwards() {
		try (ClusterApplication careless = ClusterApplication.start(cluster, ROUND_ROBIN,
				"scaling.consistency.mode=none")) {
			Reads reads = new Reads();
			ConsistencySession session = ConsistencySession.open();
			long end = System.nanoTime() + DURATION.toNanos();
			while (reads.decreases == 0 && System.nanoTime() < end) {
				session.run(() -> reads.add(careless.read(COUNTER)));
			}
			assertThat(reads.decreases).isPositive();
		}
	}

	/**
	 * What one session has seen.
	 */
	private static final class Reads {

		private long last;

		private int increases;

		private int decreases;

		void add(long value) {
			if (value > this.last) {
				this.increases++;
			}
			else if (value < this.last) {
				this.decreases++;
			}
			this.last = value;
		}

	}

}
