package dev.scaling.starter.consistency;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.scaling.ConsistencyLevel;
import dev.scaling.ReadConsistency;
import dev.scaling.RoutingContext;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingReason;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for reads that say how fresh they have to be.
 */
class ReadConsistencyTests {

	private static final String NOW = "SELECT (1000 * extract(epoch FROM clock_timestamp()))::bigint";

	private static PostgresCluster cluster;

	private static ClusterApplication application;

	private static Counter counter;

	@BeforeAll
	static void start() {
		cluster = SharedCluster.repaired();
		Sql.execute(cluster.primary(), "DROP TABLE IF EXISTS counter", "CREATE TABLE counter (value bigint NOT NULL)",
				"INSERT INTO counter VALUES (0)");
		cluster.awaitReplication();
		application = ClusterApplication.start(Application.class, cluster);
		counter = application.bean(Counter.class);
	}

	@AfterAll
	static void stop() {
		application.close();
		cluster.repair();
	}

	@BeforeEach
	void reset() {
		cluster.repair();
		application.awaitAllUp();
		Sql.execute(cluster.primary(), "UPDATE counter SET value = 0");
		cluster.awaitReplication();
	}

	@AfterEach
	void poolsAreDrained() {
		application.pools().awaitDrained();
	}

	@Test
	void strongReadsTheLatestCommittedDataOfAllSessions() {
		cluster.replicas().forEach((replica) -> replica.pauseReplay());
		Sql.execute(cluster.primary(), "UPDATE counter SET value = 1");
		ConsistencySession.open().run(() -> {
			assertThat(counter.readStrong()).isOne();
			assertThat(application.decisions().last())
				.isEqualTo(new Decision("primary", RoutingReason.STRONG_CONSISTENCY));
		});
		ConsistencySession.open().run(() -> assertThat(counter.read()).isZero());
		assertThat(RoutingContext.read().withConsistency(ConsistencyLevel.STRONG).call(() -> counter.read())).isOne();
	}

	/**
	 * The outer transaction is on a replica already.
	 */
	@Test
	void strongHoldsInAMethodThatJoinsAReadOnlyTransaction() {
		cluster.replicas().forEach((replica) -> replica.pauseReplay());
		Sql.execute(cluster.primary(), "UPDATE counter SET value = 1");
		ConsistencySession.open().run(() -> application.read(() -> {
			assertThat(counter.read()).isZero();
			assertThat(counter.readStrong()).isOne();
			assertThat(counter.read()).as("never back").isOne();
			return null;
		}));
	}

	@Test
	void strongHoldsThereWithoutSessions() {
		try (ClusterApplication careless = ClusterApplication.start(Application.class, cluster,
				"scaling.consistency.mode=none")) {
			cluster.replicas().forEach((replica) -> replica.pauseReplay());
			Sql.execute(cluster.primary(), "UPDATE counter SET value = 1");
			Counter carelessCounter = careless.bean(Counter.class);
			assertThat(carelessCounter.readStrong()).isOne();
			careless.read(() -> {
				assertThat(carelessCounter.read()).isZero();
				assertThat(carelessCounter.readStrong()).isOne();
				return null;
			});
		}
	}

	@Test
	void eventualTakesAnyReplicaWhateverTheSessionHasWritten() {
		cluster.replicas().forEach((replica) -> replica.pauseReplay());
		ConsistencySession.open().run(() -> {
			application.write("UPDATE counter SET value = 1");
			assertThat(counter.readEventual()).isZero();
			assertThat(application.decisions().last().isReplica()).isTrue();
			assertThat(counter.read()).isOne();
			assertThat(RoutingContext.read()
				.withConsistency(ConsistencyLevel.EVENTUAL)
				.call(() -> application.number("SELECT value FROM counter"))).isZero();
		});
	}

	/**
	 * What an eventual read has shown binds the session like any other read.
	 */
	@Test
	void sessionDoesNotFallBehindWhatAnEventualReadHasShown() {
		cluster.replica(2).pauseReplay();
		for (int round = 1; round <= 20; round++) {
			int value = round;
			Sql.execute(cluster.primary(), "UPDATE counter SET value = " + value);
			ConsistencySession.open().run(() -> {
				long seen = counter.readEventual();
				assertThat(counter.read()).isGreaterThanOrEqualTo(seen);
			});
		}
	}

	@Test
	void boundedIsServedByAReplicaThatIsFreshEnough() {
		await().pollInSameThread().atMost(Duration.ofSeconds(10)).until(() -> {
			ConsistencySession.open().run(() -> counter.readBounded());
			return application.decisions().last().isReplica();
		});
	}

	@Test
	void boundedGoesToThePrimaryWhenAllReplicasAreStaler() {
		cluster.replicas().forEach((replica) -> replica.pauseReplay());
		Sql.execute(cluster.primary(), "UPDATE counter SET value = 1");
		await().pollInSameThread().atMost(Duration.ofSeconds(5)).until(() -> {
			counter.readBounded();
			return application.decisions().last().equals(new Decision("primary", RoutingReason.BOUNDED_STALENESS));
		});
		assertThat(counter.readBounded()).isOne();
		assertThat(application.status("replica-1").state()).isEqualTo(NodeState.UP);
	}

	/**
	 * The counter is a clock: what is read tells its own age.
	 */
	@Test
	void boundedIsNeverStalerThanItSays() throws Exception {
		cluster.replica(1).replayDelay(Duration.ofMillis(300));
		cluster.replica(2).replayDelay(Duration.ofMillis(700));
		AtomicBoolean stop = new AtomicBoolean();
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<?> clock = executor.submit(() -> {
				while (!stop.get()) {
					Sql.execute(cluster.primary(), "UPDATE counter SET value = (" + NOW + ")");
				}
			});
			await().atMost(Duration.ofSeconds(10))
				.until(() -> Sql.number(cluster.replica(2), "SELECT value FROM counter") > 0);
			application.decisions().clear();
			long tolerance = 200;
			long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
			while (System.nanoTime() < end) {
				long before = System.currentTimeMillis();
				assertThat(before - counter.readWithin(Duration.ofMillis(500))).isLessThan(500 + tolerance);
				assertThat(before - counter.readWithin(Duration.ofMillis(1500))).isLessThan(1500 + tolerance);
			}
			stop.set(true);
			clock.get(20, TimeUnit.SECONDS);
			assertThat(application.decisions().count(Decision::isReplica)).isPositive();
			assertThat(
					application.decisions().count((decision) -> decision.reason() == RoutingReason.BOUNDED_STALENESS))
				.isPositive();
		}
		finally {
			stop.set(true);
			executor.shutdownNow();
		}
	}

	/**
	 * Between two probes nobody knows what the primary has written.
	 */
	@Test
	void ageOfTheSampleCounts() {
		try (ClusterApplication seldom = ClusterApplication.start(Application.class, cluster,
				"scaling.monitor.interval=1500ms")) {
			Counter read = seldom.bean(Counter.class);
			await().pollInSameThread().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(20)).until(() -> {
				read.readWithin(Duration.ofMillis(500));
				return seldom.decisions().count(Decision::isReplica) > 0
						&& seldom.decisions().count((decision) -> !decision.isReplica()) > 0;
			});
		}
	}

	@Test
	void readMayWaitForAReplicaThatIsFreshEnough() {
		try (ClusterApplication patient = ClusterApplication.start(Application.class, cluster,
				"scaling.consistency.wait=5s")) {
			cluster.replicas().forEach((replica) -> replica.replayDelay(Duration.ofMillis(200)));
			Counter read = patient.bean(Counter.class);
			for (int round = 1; round <= 3; round++) {
				int value = round;
				ConsistencySession.open().run(() -> {
					patient.write("UPDATE counter SET value = " + value);
					assertThat(read.read()).isEqualTo(value);
					assertThat(patient.decisions().last().isReplica()).isTrue();
				});
			}
			assertThat(patient.topology().waits(true).count()).isPositive();
			assertThat(patient.topology().waits(true).nanoseconds()).isPositive();
			assertThat(patient.topology().waits(false).count()).isZero();
		}
	}

	@Test
	void readThatHasWaitedLongEnoughGoesToThePrimary() {
		try (ClusterApplication patient = ClusterApplication.start(Application.class, cluster,
				"scaling.consistency.wait=300ms")) {
			cluster.replicas().forEach((replica) -> replica.pauseReplay());
			ConsistencySession.open().run(() -> {
				patient.write("UPDATE counter SET value = 1");
				long start = System.nanoTime();
				assertThat(patient.bean(Counter.class).read()).isOne();
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(290),
						Duration.ofSeconds(3));
				assertThat(patient.decisions().last())
					.isEqualTo(new Decision("primary", RoutingReason.SESSION_CONSISTENCY));
			});
			assertThat(patient.topology().waits(false).count()).isOne();
			assertThat(Duration.ofNanos(patient.topology().waits(false).nanoseconds()))
				.isGreaterThanOrEqualTo(Duration.ofMillis(290));
		}
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import(Counter.class)
	static class Application {

	}

	/**
	 * One number, read in all ways.
	 */
	static class Counter {

		private final JdbcTemplate jdbc;

		Counter(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional(readOnly = true)
		long read() {
			return value();
		}

		@ReadConsistency(ConsistencyLevel.STRONG)
		@Transactional(readOnly = true)
		long readStrong() {
			return value();
		}

		@ReadConsistency(ConsistencyLevel.EVENTUAL)
		@Transactional(readOnly = true)
		long readEventual() {
			return value();
		}

		@ReadConsistency(value = ConsistencyLevel.BOUNDED, maxStaleness = "800ms")
		@Transactional(readOnly = true)
		long readBounded() {
			return value();
		}

		long readWithin(Duration maxStaleness) {
			return RoutingContext.read().withMaxStaleness(maxStaleness).call(this::value);
		}

		private long value() {
			Long value = this.jdbc.queryForObject("SELECT value FROM counter", Long.class);
			return (value != null) ? value : 0;
		}

	}

}
