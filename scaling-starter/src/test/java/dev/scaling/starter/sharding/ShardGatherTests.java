package dev.scaling.starter.sharding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import dev.scaling.ConsistencyLevel;
import dev.scaling.CrossShardTransactionException;
import dev.scaling.GatherException;
import dev.scaling.OnAllShards;
import dev.scaling.ReadConsistency;
import dev.scaling.ShardKey;
import dev.scaling.Shards;
import dev.scaling.SortedGather;
import dev.scaling.starter.connection.Pools;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for work on all shards.
 */
class ShardGatherTests {

	private static final List<String> SHARDS = List.of("shard-0", "shard-1");

	private static ConfigurableApplicationContext context;

	private static Payments payments;

	private static Shards shards;

	@BeforeAll
	static void start() {
		for (String shard : SHARDS) {
			ShardServers.execute(shard, "CREATE TABLE IF NOT EXISTS payment (id bigint, total bigint, shard text)");
		}
		context = ShardServers.run(Application.class, "scaling.keyspaces.payments.shards=shard-0,shard-1",
				"scaling.keyspaces.payments.tables.payment=id", "scaling.pool.maximum-pool-size=2",
				"scaling.consistency.mode=none");
		payments = context.getBean(Payments.class);
		shards = context.getBean(Shards.class);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@BeforeEach
	void clear() {
		SHARDS.forEach((shard) -> ShardServers.execute(shard, "TRUNCATE payment"));
	}

	@Test
	void methodRunsOnAllShards() {
		LongStream.range(0, 100).forEach((id) -> payments.create(id, id));
		awaitReplication();
		assertThat(payments.count()).isEqualTo(100);
		assertThat(payments.ids()).containsExactlyInAnyOrderElementsOf(LongStream.range(0, 100).boxed().toList());
		assertThat(shards.gather((shard) -> payments.countHere()).perShard())
			.isEqualTo(Map.of("shard-0", ShardServers.number("shard-0", "SELECT count(*) FROM payment"), "shard-1",
					ShardServers.number("shard-1", "SELECT count(*) FROM payment")));
	}

	@Test
	void rowsAreMergedInTheirOrder() {
		LongStream.range(0, 1000).forEach((id) -> payments.create(id, (id * 7919) % 1000));
		awaitReplication();
		List<Long> top = payments.top(10, 20);
		assertThat(top).isEqualTo(
				LongStream.range(970, 990).map((total) -> 970 + 989 - total).boxed().collect(Collectors.toList()));
		drained();
	}

	@Test
	void failureOfAShardIsNamed() {
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> shards.gather((shard) -> {
			if (shard.equals("shard-1")) {
				throw new IllegalStateException("broken");
			}
			return payments.countHere();
		}).list()).withMessageContaining("shard-1").withMessageContaining("broken");
		drained();
	}

	/**
	 * What the method around a gather says holds in its branches, and the innermost
	 * method decides.
	 */
	@Test
	void readConsistencyOfTheMethodAroundAGatherHoldsOnEachShard() {
		awaitReplication();
		await().untilAsserted(() -> assertThat(payments.areReplicas()).containsOnly(true));
		for (int i = 0; i < 5; i++) {
			assertThat(payments.areReplicasStrongly()).containsExactly(false, false);
			assertThat(payments.areReplicasInOrderStrongly()).containsExactly(false, false);
		}
		assertThat(payments.areReplicas()).containsExactly(true, true);
		assertThat(payments.areReplicasEventuallyWithinStrong(payments)).containsExactly(true, true);
	}

	@Test
	void transactionThatWritesGathersNothing() {
		TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		assertThatExceptionOfType(CrossShardTransactionException.class)
			.isThrownBy(() -> transaction.execute((status) -> payments.count()));
	}

	@Test
	void millionRowsAreMergedInLittleMemory() {
		for (String shard : SHARDS) {
			ShardServers.execute(shard, "INSERT INTO payment SELECT n, n, '' FROM generate_series(1, 500000) AS n");
		}
		awaitReplication();
		AtomicLong last = new AtomicLong(Long.MAX_VALUE);
		AtomicLong rows = new AtomicLong();
		payments.byTotal().forEach((total) -> {
			assertThat(total).isLessThanOrEqualTo(last.getAndSet(total));
			rows.incrementAndGet();
		});
		assertThat(rows).hasValue(1_000_000);
		drained();
	}

	/**
	 * Pools of two connections, and 64 threads that mix all kinds of work and failures.
	 */
	@Test
	void nothingIsLostOrLeakedUnderLoad() throws Exception {
		AtomicLong created = new AtomicLong();
		ExecutorService threads = Executors.newFixedThreadPool(64);
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
		try {
			List<Callable<Void>> workers = new ArrayList<>();
			for (int i = 0; i < 64; i++) {
				Random random = new Random(i);
				long first = i * 1_000_000L;
				workers.add(() -> {
					for (long id = first; System.nanoTime() < end; id++) {
						work(random.nextInt(20), id, created);
					}
					return null;
				});
			}
			for (Future<Void> worker : threads.invokeAll(workers, 60, TimeUnit.SECONDS)) {
				worker.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
		drained();
		long rows = 0;
		for (String shard : SHARDS) {
			assertThat(ShardServers.number(shard, "SELECT count(*) FROM payment WHERE shard <> '" + shard + "'"))
				.isZero();
			rows += ShardServers.number(shard, "SELECT count(*) FROM payment");
		}
		assertThat(created.get()).isGreaterThan(100);
		assertThat(rows).isEqualTo(created.get());
	}

	private static void work(int kind, long id, AtomicLong created) {
		try {
			switch (kind) {
				case 0 -> payments.count();
				case 1 -> payments.top(0, 5);
				case 2 -> payments.createAndFail(id);
				case 3 -> payments.createOnTwoShards(id, payments);
				case 4, 5, 6, 7 -> payments.find(id);
				default -> {
					payments.create(id, id);
					created.incrementAndGet();
				}
			}
		}
		catch (CrossShardTransactionException | IllegalStateException ex) {
			assertThat(kind).isIn(2, 3);
		}
	}

	private static void awaitReplication() {
		SHARDS.forEach((shard) -> ShardServers.cluster(shard).awaitReplication());
	}

	private static void drained() {
		Pools.of(context.getBean(DataSource.class)).awaitDrained();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import(Payments.class)
	static class Application {

	}

	static class Payments {

		private final JdbcClient jdbc;

		private final JdbcTemplate template;

		private final Shards shards;

		private final TransactionTemplate read;

		Payments(JdbcClient jdbc, JdbcTemplate template, Shards shards, PlatformTransactionManager manager) {
			this.jdbc = jdbc;
			this.template = new JdbcTemplate(Objects.requireNonNull(template.getDataSource()));
			this.template.setFetchSize(100);
			this.shards = shards;
			this.read = new TransactionTemplate(manager);
			this.read.setReadOnly(true);
		}

		@Transactional
		void create(@ShardKey long id, long total) {
			insert(id, total);
		}

		@Transactional
		void createAndFail(@ShardKey long id) {
			insert(id, 0);
			throw new IllegalStateException("rolled back");
		}

		/**
		 * Fails unless both keys have the same shard, and then is rolled back, too.
		 */
		@Transactional
		void createOnTwoShards(@ShardKey long id, Payments self) {
			insert(id, 0);
			self.create(id + 500_000, 0);
			throw new IllegalStateException("rolled back");
		}

		@Transactional(readOnly = true)
		List<Long> find(@ShardKey long id) {
			return this.jdbc.sql("SELECT total FROM payment WHERE id = ? LIMIT 1").param(id).query(Long.class).list();
		}

		@OnAllShards
		@Transactional(readOnly = true)
		long count() {
			return countHere();
		}

		@OnAllShards
		@Transactional(readOnly = true)
		List<Long> ids() {
			return this.jdbc.sql("SELECT id FROM payment").query(Long.class).list();
		}

		long countHere() {
			return this.jdbc.sql("SELECT count(*) FROM payment").query(Long.class).single();
		}

		List<Long> top(long offset, int limit) {
			return byTotal().list(offset, limit);
		}

		SortedGather<Long> byTotal() {
			return this.shards.gatherSorted(Comparator.<Long>reverseOrder(),
					(shard, rows) -> this.read.executeWithoutResult(
							(status) -> this.template.query("SELECT total FROM payment ORDER BY total DESC",
									(RowCallbackHandler) (row) -> rows.accept(row.getLong(1)))));
		}

		List<Boolean> areReplicas() {
			return this.shards.gather((shard) -> isReplica()).list();
		}

		@ReadConsistency(ConsistencyLevel.STRONG)
		List<Boolean> areReplicasStrongly() {
			return areReplicas();
		}

		@ReadConsistency(ConsistencyLevel.STRONG)
		List<Boolean> areReplicasInOrderStrongly() {
			return this.shards
				.gatherSorted(Comparator.<Boolean>naturalOrder(), (shard, rows) -> rows.accept(isReplica()))
				.list(0, 2);
		}

		@ReadConsistency(ConsistencyLevel.STRONG)
		List<Boolean> areReplicasEventuallyWithinStrong(Payments self) {
			return this.shards.gather((shard) -> self.isReplicaEventually()).list();
		}

		@ReadConsistency(ConsistencyLevel.EVENTUAL)
		boolean isReplicaEventually() {
			return isReplica();
		}

		private boolean isReplica() {
			return Boolean.TRUE.equals(this.read
				.execute((status) -> this.jdbc.sql("SELECT pg_is_in_recovery()").query(Boolean.class).single()));
		}

		private void insert(long id, long total) {
			this.jdbc.sql("INSERT INTO payment VALUES (?, ?, ?)")
				.params(id, total, this.shards.locate(id).shard())
				.update();
		}

	}

}
