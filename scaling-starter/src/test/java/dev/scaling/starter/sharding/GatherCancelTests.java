package dev.scaling.starter.sharding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.scaling.GatherException;
import dev.scaling.RoutingContext;
import dev.scaling.Shards;
import dev.scaling.sharding.GatherExecutor;
import dev.scaling.starter.connection.Pools;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for work on many shards that is given up: no query goes on, no connection is
 * given to another borrower that a request to cancel may still meet, and no node is left
 * alone because of it.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class GatherCancelTests {

	private static final List<String> SHARDS = List.of("shard-0", "shard-1");

	private static ConfigurableApplicationContext context;

	private static Shards shards;

	private static JdbcClient jdbc;

	@BeforeAll
	static void start() {
		context = ShardServers.run(Application.class, "scaling.keyspaces.given-up.shards=shard-0,shard-1",
				"scaling.pool.maximum-pool-size=2", "scaling.consistency.mode=none",
				"scaling.insight.slow-query.threshold=1h");
		shards = context.getBean(Shards.class);
		jdbc = context.getBean(JdbcClient.class);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@AfterEach
	void nothingIsLeft(CapturedOutput output) {
		await().untilAsserted(() -> assertThat(context.getBean(GatherExecutor.class).running()).isZero());
		Pools.of(context.getBean(DataSource.class)).awaitDrained();
		assertThat(output).doesNotContain("is given no work");
	}

	@Test
	void timeoutEndsTheQueryOnTheServer() {
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(
					() -> shards.gather((shard) -> sleepOn("shard-0", shard)).withTimeout(Duration.ofSeconds(1)).list())
			.withMessageContaining("shard-0 timed out");
		awaitNoSleepers();
		nobodyElseIsCancelled();
	}

	/**
	 * A request to cancel is for a session, not for a statement.
	 */
	@Test
	void connectionOfACancelledQueryIsClosed() {
		AtomicLong session = new AtomicLong();
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> shards.gather((shard) -> transaction().execute((status) -> {
				if (shard.equals("shard-0")) {
					session.set(jdbc.sql("SELECT pg_backend_pid()").query(Long.class).single());
				}
				return sleepOn("shard-0", shard);
			})).withTimeout(Duration.ofSeconds(1)).list());
		assertThat(session).doesNotHaveValue(0);
		await().atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> assertThat(
					count("shard-0", "SELECT count(*) FROM pg_stat_activity WHERE pid = " + session.get()))
				.isZero());
	}

	@Test
	void failureOfAShardEndsTheQueriesOnTheOthers() {
		for (boolean transactional : new boolean[] { true, false }) {
			assertThatExceptionOfType(GatherException.class).isThrownBy(() -> shards.gather((shard) -> {
				if (shard.equals("shard-1")) {
					await().until(() -> sleepers("shard-0") > 0);
					throw new IllegalStateException("broken");
				}
				return transactional ? transaction().execute((status) -> sleepOn("shard-0", shard))
						: sleepOn("shard-0", shard);
			}).withTimeout(Duration.ofSeconds(40)).list()).withMessageContaining("shard-0 cancelled");
			awaitNoSleepers();
			nobodyElseIsCancelled();
		}
	}

	@Test
	void failureThatTheServerReportsEndsTheQueriesOnTheOthers() {
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> shards.gather((shard) -> {
			if (shard.equals("shard-1")) {
				await().until(() -> sleepers("shard-0") > 0);
				return jdbc.sql("SELECT 1 / 0").query(Integer.class).single();
			}
			return sleepOn("shard-0", shard);
		}).withTimeout(Duration.ofSeconds(40)).list());
		awaitNoSleepers();
		nobodyElseIsCancelled();
	}

	@Test
	void partialResultLeavesNoQueryBehind() {
		List<String> missing = new ArrayList<>();
		assertThat(shards.gather((shard) -> sleepOn("shard-1", shard))
			.withTimeout(Duration.ofSeconds(1))
			.partial((shard, error) -> missing.add(shard))
			.list()).containsExactly("shard-0");
		assertThat(missing).containsExactly("shard-1");
		awaitNoSleepers();
		nobodyElseIsCancelled();
	}

	@Test
	void interruptOfTheCallerEndsTheQueries() throws Exception {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			Future<?> gather = thread.submit(() -> shards.gather((shard) -> sleepOn(shard, shard)).list());
			SHARDS.forEach((shard) -> await().until(() -> sleepers(shard) > 0));
			gather.cancel(true);
		}
		finally {
			thread.shutdown();
		}
		assertThat(thread.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		awaitNoSleepers();
		nobodyElseIsCancelled();
	}

	/**
	 * The second row takes long: the reader is within {@code ResultSet.next}.
	 */
	@Test
	void mergeWhoseTimeIsOverFetchesNothingMore() {
		JdbcTemplate template = new JdbcTemplate(context.getBean(DataSource.class));
		template.setFetchSize(1);
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> shards
			.gatherSorted(Comparator.<Integer>naturalOrder(), (shard, rows) -> read(template, shard, rows))
			.withTimeout(Duration.ofSeconds(2))
			.list(0, 10));
		awaitNoSleepers();
		nobodyElseIsCancelled();
	}

	/**
	 * What a branch does after it was given up is refused, wherever the request to cancel
	 * is.
	 */
	@Test
	void branchExecutesNothingAfterItWasGivenUp() {
		AtomicBoolean again = new AtomicBoolean();
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> shards.gather((shard) -> {
			try {
				return sleepOn("shard-0", shard);
			}
			catch (RuntimeException ex) {
				assertThatException().isThrownBy(() -> sleepOn("shard-0", shard)).withMessageContaining("given up");
				again.set(true);
				throw ex;
			}
		}).withTimeout(Duration.ofSeconds(1)).list());
		await().untilTrue(again);
		awaitNoSleepers();
	}

	/**
	 * Requests to cancel that come at all moments, also just after the statement.
	 */
	@Test
	void requestsThatComeLateMeetNobodyElse() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		AtomicLong others = new AtomicLong();
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<Future<?>> workers = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				workers.add(threads.submit(() -> {
					while (!stop.get()) {
						SHARDS.forEach(GatherCancelTests::askOn);
						others.incrementAndGet();
					}
				}));
			}
			AtomicLong cancelled = new AtomicLong();
			for (int i = 0; i < 2; i++) {
				workers.add(threads.submit(() -> {
					while (!stop.get()) {
						try {
							shards.gather(
									(shard) -> jdbc.sql("SELECT 1 FROM pg_sleep(0.004)").query(Integer.class).single())
								.withTimeout(Duration.ofMillis(6))
								.list();
						}
						catch (GatherException ex) {
							cancelled.incrementAndGet();
						}
					}
				}));
			}
			await().atMost(Duration.ofSeconds(60)).until(() -> cancelled.get() > 100 && others.get() > 300);
			stop.set(true);
			for (Future<?> worker : workers) {
				worker.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			stop.set(true);
			threads.shutdownNow();
		}
	}

	private static void read(JdbcTemplate template, String shard, Consumer<Integer> rows) {
		transaction().executeWithoutResult((status) -> template.query(
				"SELECT n, CASE WHEN n = 2 THEN pg_sleep(30) END FROM generate_series(1, 3) AS n",
				(RowCallbackHandler) (row) -> rows.accept(row.getInt(1))));
	}

	private static String sleepOn(String sleeping, String shard) {
		if (shard.equals(sleeping)) {
			jdbc.sql("SELECT 1 FROM pg_sleep(30)").query(Integer.class).single();
		}
		return shard;
	}

	private static void askOn(String shard) {
		RoutingContext.onShard(shard)
			.run(() -> transaction().executeWithoutResult(
					(status) -> assertThat(jdbc.sql("SELECT 1").query(Integer.class).single()).isOne()));
	}

	/**
	 * More borrowers than the pools have connections.
	 */
	private static void nobodyElseIsCancelled() {
		for (int i = 0; i < 20; i++) {
			SHARDS.forEach(GatherCancelTests::askOn);
			SHARDS.forEach((shard) -> RoutingContext.onShard(shard)
				.run(() -> assertThat(jdbc.sql("SELECT 1").query(Integer.class).single()).isOne()));
		}
	}

	private static TransactionTemplate transaction() {
		TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		transaction.setReadOnly(true);
		return transaction;
	}

	private static void awaitNoSleepers() {
		await().atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> SHARDS.forEach((shard) -> assertThat(sleepers(shard)).isZero()));
	}

	private static long sleepers(String shard) {
		return count(shard, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'");
	}

	/**
	 * The sum over the nodes of a shard.
	 */
	private static long count(String shard, String sql) {
		long sum = 0;
		for (PostgresNode node : ShardServers.cluster(shard).nodes()) {
			sum += JdbcClient.create(node.dataSource()).sql(sql).query(Long.class).single();
		}
		return sum;
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
