package dev.scaling.starter.failover.checker;

import java.time.Duration;
import java.util.List;

import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.starter.failover.checker.Operation.Kind;
import dev.scaling.starter.failover.checker.Violation.Promise;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lets eight clients read and write through sessions, and hand their tokens over to each
 * other, while replicas and primaries crash, freeze, are cut off, fall behind, are
 * promoted and come back. Replication is synchronous, so that no acknowledged write may
 * be lost.
 * <p>
 * The run is short by default. A longer one, or one that is repeated: <pre>
 * ./mvnw -pl scaling-starter -am test -Dtest=RandomFaultTests -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dchecker.seconds=60 -Dchecker.seed=4711
 * </pre> The seed determines the faults and what each client wants to do. When things
 * happen depends on the machine as well: a seed makes a failure likely to come again, and
 * no more.
 */
class RandomFaultTests {

	private static final Log logger = LogFactory.getLog(RandomFaultTests.class);

	private static final Duration DURATION = Duration.ofSeconds(Long.getLong("checker.seconds", 12));

	private static final long SEED = Long.getLong("checker.seed", System.nanoTime() % 1_000_000);

	private static PostgresCluster cluster;

	@BeforeAll
	static void start() {
		// A promotion waits that long for a read which conflicts with what is replayed.
		cluster = PostgresCluster.builder().replicas(2).parameter("max_standby_streaming_delay", "2s").start();
		for (PostgresNode node : cluster.nodes()) {
			Sql.execute(node, "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'", "SELECT pg_reload_conf()");
		}
	}

	/**
	 * A test that has failed leaves its faults behind, and the next one would wait for a
	 * frozen node.
	 */
	@AfterEach
	void repair() {
		cluster.repair();
	}

	@AfterAll
	static void stop() {
		cluster.close();
	}

	@Test
	void sessionsStayConsistent() throws Exception {
		RegisterStore.create(cluster, CheckerRun.CLIENTS);
		try (ClusterApplication application = ClusterApplication.start(cluster)) {
			CheckerRun run = new CheckerRun(application, SEED);
			Nemesis nemesis = new Nemesis(cluster, new FaultSchedule(SEED), run.stopSignal());
			logger.info("Checker runs for " + DURATION.toSeconds() + " s with -Dchecker.seed=" + SEED);
			run.run(nemesis, DURATION);
			run.assertRecovered();
			application.pools().awaitDrained();
			List<Violation> violations = run.violations();
			logger.info("Checker with -Dchecker.seed=" + SEED + ": " + nemesis.steps().size() + " faults, "
					+ application.topology().failovers() + " failovers, " + violations.size() + " violations\n"
					+ run.history().summary());
			assertThat(violations).as("-Dchecker.seed=%d", SEED).isEmpty();
			assertThat(application.topology().failovers()).isPositive();
			assertThat(run.history().count((operation) -> operation.kind() == Kind.WRITE && operation.isDone()))
				.isGreaterThan(100);
			assertThat(application.decisions().count((decision) -> decision.isReplica())).isGreaterThan(100);
		}
	}

	/**
	 * The checker finds what it is for.
	 */
	@Test
	void withoutConsistencyReadsAreStale() throws Exception {
		RegisterStore.create(cluster, CheckerRun.CLIENTS);
		try (ClusterApplication application = ClusterApplication.start(cluster, "scaling.consistency.mode=none")) {
			List<PostgresNode> replicas = cluster.replicas();
			CheckerRun run = new CheckerRun(application, SEED);
			run.run(() -> ReplicaFault.DELAY_REPLAY.inject(replicas.get(0)), Duration.ofSeconds(2));
			ReplicaFault.DELAY_REPLAY.heal(replicas.get(0));
			assertThat(run.violations()).extracting(Violation::promise)
				.contains(Promise.READ_YOUR_WRITES, Promise.MONOTONIC_READS);
		}
	}

}
