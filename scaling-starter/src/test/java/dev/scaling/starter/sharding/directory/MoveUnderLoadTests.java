package dev.scaling.starter.sharding.directory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.scaling.ShardMove;
import dev.scaling.ShardMovedException;
import dev.scaling.starter.sharding.ShardDatabases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.TransactionDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that no write is lost while its tenant is moved.
 */
class MoveUnderLoadTests {

	private static final int THREADS = 32;

	private static final String TENANT = "acme";

	private static ShardDatabases databases;

	private final AtomicBoolean stop = new AtomicBoolean();

	private final AtomicLong ids = new AtomicLong();

	private final AtomicLong refused = new AtomicLong();

	private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();

	@BeforeAll
	static void start() {
		databases = new ShardDatabases();
	}

	@AfterAll
	static void stop() {
		databases.close();
	}

	@BeforeEach
	void create() {
		TenantInstance.createTables(databases);
	}

	@ParameterizedTest
	@ValueSource(ints = { TransactionDefinition.ISOLATION_DEFAULT, TransactionDefinition.ISOLATION_REPEATABLE_READ })
	void noWriteIsLostWhileATenantMovesBackAndForth(int isolation) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try (TenantInstance first = new TenantInstance(databases, 8);
				TenantInstance second = new TenantInstance(databases, 8)) {
			first.transactions.setIsolationLevel(isolation);
			second.transactions.setIsolationLevel(isolation);
			assertThat(first.directory.assign(TENANT, "shard-0")).isEqualTo("shard-0");
			first.transact(TENANT, () -> first.jdbc.sql("INSERT INTO account VALUES (?, 0)").param(TENANT).update());
			List<Future<?>> writers = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				TenantInstance instance = (i % 2 == 0) ? first : second;
				writers.add(executor.submit(() -> write(instance)));
			}
			for (int i = 0; i < 4; i++) {
				String from = (i % 2 == 0) ? "shard-0" : "shard-1";
				String to = (i % 2 == 0) ? "shard-1" : "shard-0";
				awaitWrites();
				databases.jdbc(to).sql("VACUUM ANALYZE").update();
				first.directory.move(TENANT, to);
				assertThat(TenantInstance.rows(databases, from, TENANT)).isZero();
				awaitWrites();
				assertThat(TenantInstance.rows(databases, from, TENANT)).isZero();
			}
			this.stop.set(true);
			for (Future<?> writer : writers) {
				writer.get(30, TimeUnit.SECONDS);
			}
			List<Long> stored = databases.jdbc("shard-0").sql("SELECT id FROM entry").query(Long.class).list();
			assertThat(stored).hasSameSizeAs(this.acknowledged).containsAll(this.acknowledged);
			assertThat(databases.jdbc("shard-0").sql("SELECT balance FROM account").query(Long.class).single())
				.isEqualTo(this.acknowledged.size());
			assertThat(databases.jdbc("shard-1").sql("SELECT count(*) FROM account").query(Long.class).single())
				.isZero();
		}
		finally {
			this.stop.set(true);
			executor.shutdownNow();
		}
	}

	private void write(TenantInstance instance) {
		while (!this.stop.get()) {
			long id = this.ids.incrementAndGet();
			while (!writeOnce(instance, id)) {
				this.refused.incrementAndGet();
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
			}
			this.acknowledged.add(id);
		}
	}

	private boolean writeOnce(TenantInstance instance, long id) {
		try {
			instance.transact(TENANT, () -> {
				instance.jdbc.sql("SELECT count(*) FROM account").query(Long.class).single();
				instance.jdbc.sql("INSERT INTO entry VALUES (?, ?)").param(TENANT).param(id).update();
				int updated = instance.jdbc.sql("UPDATE account SET balance = balance + 1 WHERE tenant = ?")
					.param(TENANT)
					.update();
				assertThat(updated).isOne();
			});
			return true;
		}
		catch (ShardMovedException ex) {
			assertThat(ex.key()).isEqualTo(TENANT);
			return false;
		}
		catch (ConcurrencyFailureException ex) {
			return false;
		}
		catch (UncategorizedSQLException ex) {
			// PostgreSQL has been seen to refuse concurrent updates of a referenced row
			// so
			assertThat(ex).hasMessageContaining("new multixact has more than one updating member");
			return false;
		}
	}

	private void awaitWrites() {
		int before = this.acknowledged.size();
		await().atMost(Duration.ofSeconds(30)).until(() -> this.acknowledged.size() > before + 200);
	}

	@Test
	void otherTenantsGoOnWhileOneMoves() {
		try (TenantInstance instance = new TenantInstance(databases, 4)) {
			for (String tenant : List.of(TENANT, "other")) {
				instance.directory.assign(tenant, "shard-0");
				instance.transact(tenant,
						() -> instance.jdbc.sql("INSERT INTO account VALUES (?, 0)").param(tenant).update());
			}
			instance.insert(TENANT, 1);
			ShardMove move = instance.directory.move(TENANT, "shard-1");
			assertThat(move.rows()).isEqualTo(Map.of("account", 1L, "entry", 1L));
			instance.insert("other", 1);
			instance.insert(TENANT, 2);
			assertThat(TenantInstance.rows(databases, "shard-0", "other")).isOne();
			assertThat(TenantInstance.rows(databases, "shard-1", TENANT)).isEqualTo(2);
		}
	}

}
