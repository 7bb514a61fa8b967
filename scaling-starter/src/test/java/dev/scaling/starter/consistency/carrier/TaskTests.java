package dev.scaling.starter.consistency.carrier;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import dev.scaling.consistency.Carrier;
import dev.scaling.starter.consistency.SharedCluster;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for sessions that follow their work to other threads, while the replicas are
 * late.
 */
class TaskTests {

	private static final int ROUNDS = 100;

	private static final String PROPAGATION = "spring.task.execution.propagate-context=true";

	private static final AtomicInteger accounts = new AtomicInteger(5000);

	private static PostgresCluster cluster;

	@BeforeAll
	static void start() {
		cluster = SharedCluster.repaired();
		Sql.execute(cluster.primary(), "DROP TABLE IF EXISTS entry",
				"CREATE TABLE entry (account int NOT NULL, value bigint NOT NULL)",
				"CREATE INDEX ON entry (account, value)");
		cluster.awaitReplication();
		cluster.replicas().forEach((replica) -> replica.replayDelay(Duration.ofMillis(200)));
	}

	@AfterAll
	static void stop() {
		cluster.repair();
	}

	@ParameterizedTest
	@EnumSource
	void taskAndItsCallerSeeWhatTheOtherHasWritten(Carrier carrier) {
		try (WebInstance instance = WebInstance.start(cluster, PROPAGATION,
				"scaling.consistency.carrier=" + carrier.name())) {
			assertThat(staleReads(instance, "task")).isZero();
			assertThat(staleReads(instance, "after-task")).isZero();
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadAndItsCallerSeeWhatTheOtherHasWritten() {
		try (WebInstance instance = WebInstance.start(cluster, PROPAGATION, "spring.threads.virtual.enabled=true")) {
			assertThat(new Client(Carrier.NONE).get(instance, "/thread?account=1").response().body())
				.startsWith("VirtualThread");
			assertThat(staleReads(instance, "task")).isZero();
			assertThat(staleReads(instance, "after-task")).isZero();
		}
	}

	/**
	 * What the other tests look for is there if the session is not propagated.
	 */
	@Test
	void taskWithoutPropagationReadsWhatWasBefore() {
		try (WebInstance instance = WebInstance.start(cluster)) {
			assertThat(staleReads(instance, "task")).isPositive();
		}
	}

	@Test
	void writeOfATaskIsInTheTokenOfItsRequest() {
		try (WebInstance one = WebInstance.start(cluster, PROPAGATION);
				WebInstance other = WebInstance.start(cluster)) {
			Client client = new Client(Carrier.COOKIE);
			int account = accounts.incrementAndGet();
			for (int value = 1; value <= ROUNDS; value++) {
				client.get(one, "/future?account=" + account + "&value=" + value);
				assertThat(client.get(other, "/read?account=" + account).number()).isEqualTo(value);
			}
		}
	}

	private static int staleReads(WebInstance instance, String way) {
		Client client = new Client(Carrier.NONE);
		int account = accounts.incrementAndGet();
		int stale = 0;
		for (int value = 1; value <= ROUNDS; value++) {
			if (client.get(instance, "/" + way + "?account=" + account + "&value=" + value).number() != value) {
				stale++;
			}
		}
		return stale;
	}

}
