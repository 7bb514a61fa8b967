package dev.scaling.starter.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for sessions that write, and read at once, while the replicas are late.
 */
class StaleReadTests {

	private static final int THREADS = 8;

	private static final Duration REPLICA_DELAY = Duration.ofMillis(200);

	private static PostgresCluster cluster;

	private static ClusterApplication application;

	private static Ledger ledger;

	@BeforeAll
	static void start() {
		cluster = SharedCluster.repaired();
		Ledger.create(cluster);
		application = ClusterApplication.start(LedgerApplication.class, cluster);
		ledger = application.bean(Ledger.class);
		delayReplicas();
	}

	private static void delayReplicas() {
		cluster.replicas().forEach((replica) -> replica.replayDelay(REPLICA_DELAY));
	}

	@AfterAll
	static void stop() {
		application.close();
		cluster.repair();
	}

	@ParameterizedTest
	@EnumSource
	void sessionReadsWhatItHasWritten(WriteStyle style) throws Exception {
		assertThat(staleReads(ledger, style, style.rounds())).isZero();
		application.pools().awaitDrained();
	}

	@Test
	void replicasServeTheSessionAgainWhenTheyHaveReplayedTheWrite() {
		ConsistencySession.open().run(() -> {
			ledger.insert(1000, 1);
			await().pollInSameThread().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(10)).until(() -> {
				assertThat(ledger.latest(1000)).isOne();
				return application.decisions().last().isReplica();
			});
		});
	}

	/**
	 * What these tests look for is there without the mode {@code session}.
	 */
	@Test
	void withoutConsistencyTheSameReadsAreStale() throws Exception {
		try (ClusterApplication careless = ClusterApplication.start(LedgerApplication.class, cluster,
				"scaling.consistency.mode=none")) {
			Ledger carelessLedger = careless.bean(Ledger.class);
			for (WriteStyle style : List.of(WriteStyle.TRANSACTION_TEMPLATE, WriteStyle.AUTO_COMMIT,
					WriteStyle.JPA_REPOSITORY)) {
				assertThat(staleReads(carelessLedger, style, 200)).as(style.name()).isPositive();
			}
		}
	}

	private static int staleReads(Ledger ledger, WriteStyle style, int rounds) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<Integer>> threads = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				int account = style.ordinal() * THREADS + thread;
				threads.add(executor.submit(() -> ConsistencySession.open()
					.call(() -> staleReads(ledger, style, account, rounds / THREADS))));
			}
			int stale = 0;
			for (Future<Integer> thread : threads) {
				stale += thread.get(1, TimeUnit.MINUTES);
			}
			return stale;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static int staleReads(Ledger ledger, WriteStyle style, int account, int rounds) throws Exception {
		int stale = 0;
		long start = ledger.latest(account);
		for (int round = 1; round <= rounds; round++) {
			if (style.writeAndRead(ledger, account, start + round) != start + round) {
				stale++;
			}
		}
		return stale;
	}

}
