package dev.scaling.starter.sharding.directory;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.scaling.ShardKeyException;
import dev.scaling.ShardMove;
import dev.scaling.ShardMoveException;
import dev.scaling.ShardMovedException;
import dev.scaling.sharding.DefaultShardDirectory;
import dev.scaling.sharding.DirectoryOptions;
import dev.scaling.sharding.DirectoryOptions.Propagation;
import dev.scaling.sharding.DirectoryOptions.UnknownKeys;
import dev.scaling.sharding.MoveOptions;
import dev.scaling.starter.sharding.ShardDatabases;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.cache.Cache;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for directories and for moves that do not go well.
 */
class DirectoryTests {

	private static ShardDatabases databases;

	private @Nullable TenantInstance instance;

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
		this.instance = new TenantInstance(databases, 3);
	}

	@AfterEach
	void close() {
		this.instance.close();
	}

	@Test
	void unknownKeyFails() {
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> this.instance.insert("nobody", 1))
			.withMessageContaining("No shard owns key nobody (String) of keyspace 'tenants'");
		this.instance.directory.assign("nobody", "shard-1");
		addAccount("nobody");
		this.instance.insert("nobody", 1);
		assertThat(TenantInstance.rows(databases, "shard-1", "nobody")).isOne();
	}

	@Test
	void keysOfAllTypesAreKnownByTheirText() {
		UUID uuid = UUID.randomUUID();
		this.instance.directory.assign(uuid, "shard-1");
		this.instance.directory.assign(42, "shard-0");
		assertThat(this.instance.sharding.shardOf(uuid.toString())).isEqualTo("shard-1");
		assertThat(this.instance.sharding.shardOf("42")).isEqualTo("shard-0");
		assertThat(this.instance.sharding.shardOf(42L)).isEqualTo("shard-0");
		assertThat(this.instance.directory.find("42")).contains("shard-0");
		assertThat(this.instance.directory.find("43")).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> this.instance.sharding.shardOf(4.2));
		assertThatIllegalArgumentException().isThrownBy(() -> this.instance.directory.assign("x", "shard-9"))
			.withMessageContaining("has no shard 'shard-9'");
	}

	@Test
	void keyIsAskedForOnce() {
		this.instance.directory.assign("acme", "shard-0");
		awaitHeard(this.instance);
		databases.server().primary().resetStatements();
		for (int i = 0; i < 100; i++) {
			assertThat(this.instance.sharding.shardOf("acme")).isEqualTo("shard-0");
		}
		assertThat(databases.server().primary().statements("SELECT d.shard, coalesce")).isOne();
		assertThat(this.instance.sharding.hits()).isEqualTo(99);
		assertThat(this.instance.sharding.size()).isOne();
	}

	@Test
	void unknownKeysAreSpreadEvenlyWhenManyInstancesAssignThem() throws Exception {
		DirectoryOptions options = TenantInstance.options(UnknownKeys.ASSIGN, Propagation.AUTO);
		ExecutorService executor = Executors.newFixedThreadPool(16);
		Map<String, Set<String>> owners = new ConcurrentHashMap<>();
		try (TenantInstance first = instance(options, null); TenantInstance second = instance(options, null)) {
			for (int i = 0; i < 400; i++) {
				TenantInstance some = (i % 2 == 0) ? first : second;
				String key = "tenant-" + (i / 4);
				executor.execute(() -> owners.computeIfAbsent(key, (name) -> ConcurrentHashMap.newKeySet())
					.add(String.valueOf(some.sharding.shardOf(key))));
			}
			executor.shutdown();
			assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(owners).hasSize(100).allSatisfy((key, shards) -> assertThat(shards).hasSize(1));
		Map<String, Long> keys = owners.values()
			.stream()
			.collect(Collectors.groupingBy((shards) -> shards.iterator().next(), Collectors.counting()));
		assertThat(keys).isEqualTo(Map.of("shard-0", 50L, "shard-1", 50L));
	}

	@ParameterizedTest
	@EnumSource(Propagation.class)
	void otherInstancesHearOfAMoveWithinASecond(Propagation propagation) {
		this.instance.directory.assign("acme", "shard-0");
		try (TenantInstance other = instance(TenantInstance.options(UnknownKeys.FAIL, propagation), null)) {
			assertThat(other.sharding.shardOf("acme")).isEqualTo("shard-0");
			awaitHeard(other);
			long version = other.keyspaces.version();
			assertThat(other.sharding.shardOf("acme")).isEqualTo("shard-0");
			try (TenantInstance mover = instance(TenantInstance.options(UnknownKeys.FAIL, Propagation.AUTO), null,
					new MoveOptions(Duration.ofMillis(500), 20, Duration.ofSeconds(5), Duration.ZERO))) {
				mover.directory.move("acme", "shard-1");
			}
			await().pollInterval(Duration.ofMillis(5))
				.atMost(Duration.ofSeconds(1))
				.until(() -> "shard-1".equals(other.sharding.shardOf("acme")));
			assertThat(other.keyspaces.version()).isGreaterThan(version);
		}
	}

	@Test
	void everythingIsForgottenWhenTheConnectionToTheDirectoryIsLost() {
		this.instance.directory.assign("acme", "shard-0");
		this.instance.directory.assign("other", "shard-0");
		awaitHeard(this.instance);
		assertThat(this.instance.sharding.shardOf("acme")).isEqualTo("shard-0");
		databases.jdbc("main").sql("UPDATE scaling_directory SET shard = 'shard-1' WHERE key = 'acme'").update();
		assertThat(this.instance.sharding.shardOf("acme")).isEqualTo("shard-0");
		databases.jdbc("main")
			.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'main'"
					+ " AND pid <> pg_backend_pid()")
			.query()
			.listOfRows();
		await().atMost(Duration.ofSeconds(10))
			.ignoreExceptions()
			.until(() -> "shard-1".equals(this.instance.sharding.shardOf("acme")));
	}

	@Test
	void sharedCacheSparesTheDirectoryAndIsNotBelievedAfterAMove() {
		ConcurrentMapCache shared = new ConcurrentMapCache("directory");
		this.instance.directory.assign("acme", "shard-0");
		DirectoryOptions options = TenantInstance.options(UnknownKeys.FAIL, Propagation.AUTO);
		try (TenantInstance first = instance(options, shared); TenantInstance second = instance(options, shared)) {
			awaitHeard(first);
			awaitHeard(second);
			assertThat(first.sharding.shardOf("acme")).isEqualTo("shard-0");
			assertThat(shared.get("tenants:acme", String.class)).isEqualTo("0:shard-0");
			databases.server().primary().resetStatements();
			assertThat(second.sharding.shardOf("acme")).isEqualTo("shard-0");
			assertThat(databases.server().primary().statements("SELECT d.shard, coalesce")).isZero();
			first.directory.move("acme", "shard-1");
			// somebody who has read the directory before the move is late
			shared.put("tenants:acme", "0:shard-0");
			await().atMost(Duration.ofSeconds(1)).until(() -> "shard-1".equals(second.sharding.shardOf("acme")));
			assertThat(first.sharding.shardOf("acme")).isEqualTo("shard-1");
			assertThat(shared.get("tenants:acme", String.class)).isEqualTo("1:shard-1");
		}
	}

	@Test
	void directoryIsAskedWhileTheSharedCacheFails() {
		Cache shared = new ConcurrentMapCache("directory") {

			@Override
			protected @Nullable Object lookup(Object key) {
				throw new IllegalStateException("down");
			}

			@Override
			public void put(Object key, @Nullable Object value) {
				throw new IllegalStateException("down");
			}

			@Override
			public boolean evictIfPresent(Object key) {
				throw new IllegalStateException("down");
			}

		};
		this.instance.directory.assign("acme", "shard-0");
		try (TenantInstance other = instance(TenantInstance.options(UnknownKeys.FAIL, Propagation.AUTO), shared)) {
			assertThat(other.sharding.shardOf("acme")).isEqualTo("shard-0");
			other.directory.move("acme", "shard-1");
			assertThat(other.sharding.shardOf("acme")).isEqualTo("shard-1");
		}
	}

	@Test
	void rememberedKeysAreUsedWhileTheDirectoryIsSilent() {
		DirectoryOptions options = new DirectoryOptions(UnknownKeys.FAIL, 10, Propagation.POLL, Duration.ofMillis(20),
				Duration.ofMillis(200), false, Duration.ofMillis(300));
		this.instance.directory.assign("acme", "shard-0");
		try (TenantInstance trusting = instance(options, null);
				TenantInstance strict = instance(new DirectoryOptions(options.unknownKeys(), 10, options.propagation(),
						options.pollInterval(), options.maxAge(), true, options.timeout()), null)) {
			awaitHeard(trusting);
			awaitHeard(strict);
			assertThat(trusting.sharding.shardOf("acme")).isEqualTo("shard-0");
			assertThat(strict.sharding.shardOf("acme")).isEqualTo("shard-0");
			databases.jdbc("postgres").sql("ALTER DATABASE main ALLOW_CONNECTIONS false").update();
			databases.jdbc("postgres")
				.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'main'")
				.query()
				.listOfRows();
			await().atMost(Duration.ofSeconds(10)).until(() -> trusting.sharding.silence().toMillis() > 300);
			assertThat(trusting.sharding.shardOf("acme")).isEqualTo("shard-0");
			assertThatExceptionOfType(DataAccessResourceFailureException.class)
				.isThrownBy(() -> strict.sharding.shardOf("acme"));
			databases.jdbc("postgres").sql("ALTER DATABASE main ALLOW_CONNECTIONS true").update();
			await().atMost(Duration.ofSeconds(20))
				.ignoreExceptions()
				.until(() -> "shard-0".equals(strict.sharding.shardOf("acme")));
		}
		finally {
			databases.jdbc("postgres").sql("ALTER DATABASE main ALLOW_CONNECTIONS true").update();
		}
	}

	@Test
	void shardsThatNoKeyHasLeftHaveNoTrigger() {
		this.instance.directory.assign("acme", "shard-0");
		this.instance.directory.move("acme", "shard-1");
		assertThat(triggers("shard-0")).isEqualTo(2);
		assertThat(triggers("shard-1")).isZero();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "o'brien", "back\\slash", "with space, comma: 'and' \"quotes\"\nline", "\u00e4\ud83d\ude00" })
	void anyTextIsAKey(String key) {
		this.instance.directory.assign(key, "shard-0");
		addAccount(key);
		this.instance.insert(key, 1);
		ShardMove move = this.instance.directory.move(key, "shard-1");
		assertThat(move.rows()).isEqualTo(Map.of("account", 1L, "entry", 1L));
		assertThat(TenantInstance.rows(databases, "shard-1", key)).isOne();
		databases.jdbc("main").sql("UPDATE scaling_directory SET shard = 'shard-0'").update();
		this.instance.sharding.forget(key);
		assertThatExceptionOfType(ShardMovedException.class).isThrownBy(() -> addAccount(key))
			.matches((ex) -> key.equals(ex.key()) && "shard-1".equals(ex.shard()) && "tenants".equals(ex.keyspace()))
			.withMessageContaining("moves from shard-0/primary to shard 'shard-1'");
	}

	@Test
	void oldShardRefusesInsertUpdateAndDeleteWhileItHasTheRows() throws SQLException {
		prepareRow();
		assertThatExceptionOfType(ShardMoveException.class)
			.isThrownBy(() -> crash("published").move("acme", "shard-1"));
		try (Connection connection = databases.database("shard-0").getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO account VALUES ('b', 0); INSERT INTO entry (tenant, id) VALUES ('b', 5)");
			for (String sql : List.of("INSERT INTO entry (tenant, id) VALUES ('acme', 9)",
					"UPDATE account SET balance = 1", "DELETE FROM entry",
					"UPDATE entry SET tenant = 'acme' WHERE tenant = 'b'")) {
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute(sql))
					.matches((ex) -> "SC003".equals(ex.getSQLState()))
					.withMessageContaining("key 'acme' of keyspace 'tenants' moves to shard 'shard-1'");
			}
			statement.execute("INSERT INTO account VALUES ('other', 1)");
		}
	}

	@ParameterizedTest
	@CsvSource({ "planned,shard-0,false", "fenced,shard-0,false", "copied,shard-1,true", "published,shard-1,true" })
	void crashIsUndoneOrFinished(String step, String owner, boolean finished) {
		prepareRow();
		assertThatExceptionOfType(ShardMoveException.class).isThrownBy(() -> crash(step).move("acme", "shard-1"))
			.matches((ex) -> !ex.isUndone())
			.withMessageContaining("ShardDirectory.resume()");
		repair();
		String current = this.instance.directory.find("acme").orElseThrow();
		assertThatExceptionOfType(ShardMoveException.class)
			.isThrownBy(() -> this.instance.directory.move("acme", current.equals("shard-0") ? "shard-1" : "shard-0"))
			.withMessageContaining("an earlier move of it has not ended");
		assertThat(this.instance.directory.resume()).hasSize(finished ? 1 : 0);
		assertThat(this.instance.directory.find("acme")).contains(owner);
		String other = owner.equals("shard-0") ? "shard-1" : "shard-0";
		assertThat(TenantInstance.rows(databases, owner, "acme")).isOne();
		assertThat(TenantInstance.rows(databases, other, "acme")).isZero();
		this.instance.insert("acme", 2);
		assertThat(TenantInstance.rows(databases, owner, "acme")).isEqualTo(2);
		assertThat(this.instance.directory.resume()).isEmpty();
		this.instance.directory.move("acme", other);
		assertThat(TenantInstance.rows(databases, other, "acme")).isEqualTo(2);
		this.instance.insert("acme", 3);
	}

	/**
	 * Lets all steps after the given one fail, as after a crash.
	 */
	private DefaultShardDirectory crash(String step) {
		String condition = switch (step) {
			case "planned" -> "NEW.state <> 'planned' OR TG_OP = 'UPDATE'";
			case "fenced" -> "NEW.state IN ('copied', 'published') OR OLD.state = 'fenced'";
			case "copied" -> "NEW.state = 'published'";
			default -> "false";
		};
		databases.jdbc("main").sql("""
				CREATE OR REPLACE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN
					IF TG_OP = 'DELETE' THEN
						RAISE EXCEPTION 'crash';
					END IF;
					IF %s THEN
						RAISE EXCEPTION 'crash';
					END IF;
					RETURN NEW;
				END
				$$;
				CREATE TRIGGER crash BEFORE UPDATE OR DELETE ON scaling_move FOR EACH ROW EXECUTE FUNCTION crash()
				""".formatted(condition)).update();
		if (step.equals("published")) {
			databases.jdbc("shard-0").sql("""
					CREATE OR REPLACE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
					BEGIN
						RAISE EXCEPTION 'crash';
					END
					$$;
					CREATE TRIGGER keep AFTER DELETE ON account FOR EACH ROW
						WHEN (current_setting('scaling.mover', true) = 'on') EXECUTE FUNCTION keep()
					""").update();
		}
		return this.instance.directory;
	}

	private void repair() {
		databases.jdbc("main").sql("DROP TRIGGER crash ON scaling_move").update();
		databases.jdbc("shard-0").sql("DROP TRIGGER IF EXISTS keep ON account").update();
	}

	@Test
	void openTransactionOfAWriterLetsTheMoveFailInTheEnd() throws SQLException {
		prepareRow();
		MoveOptions options = new MoveOptions(Duration.ofMillis(50), 2, Duration.ofSeconds(1), Duration.ZERO);
		try (TenantInstance mover = instance(TenantInstance.options(UnknownKeys.FAIL, Propagation.AUTO), null, options);
				Connection connection = databases.database("shard-0").getConnection()) {
			connection.setAutoCommit(false);
			connection.createStatement().execute("INSERT INTO entry (tenant, id) VALUES ('acme', 7)");
			assertThatExceptionOfType(ShardMoveException.class)
				.isThrownBy(() -> mover.directory.move("acme", "shard-1"))
				.matches(ShardMoveException::isUndone)
				.withMessageContaining("transactions that have written to table 'entry' of shard 'shard-0' were still"
						+ " open after 2 attempts of 50 ms; end them (pg_stat_activity), or try again later. Everything is"
						+ " as it was.");
			connection.commit();
			this.instance.insert("acme", 8);
			assertThat(mover.directory.move("acme", "shard-1").rows()).containsEntry("entry", 3L);
		}
	}

	@Test
	void writerThatIsOpenWhenTheMoveBeginsIsWaitedFor() throws Exception {
		prepareRow();
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try (Connection connection = databases.database("shard-0").getConnection()) {
			connection.setAutoCommit(false);
			connection.createStatement().execute("INSERT INTO entry (tenant, id) VALUES ('acme', 7)");
			Future<ShardMove> move = executor.submit(() -> this.instance.directory.move("acme", "shard-1"));
			await().atMost(Duration.ofSeconds(10))
				.until(() -> databases.jdbc("shard-0")
					.sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
					.query(Long.class)
					.single() > 0);
			connection.commit();
			assertThat(move.get(20, TimeUnit.SECONDS).rows()).containsEntry("entry", 2L);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void snapshotThatIsOlderThanTheFenceIsRefused() throws SQLException {
		prepareRow();
		try (Connection connection = databases.database("shard-0").getConnection()) {
			connection.setAutoCommit(false);
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			connection.createStatement().execute("SELECT 1 FROM pg_class");
			this.instance.directory.move("acme", "shard-1");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> connection.createStatement().execute("INSERT INTO account VALUES ('acme', 1)"))
				.matches((ex) -> "40001".equals(ex.getSQLState()));
		}
	}

	@Test
	void concurrentMovesOfAKeyExcludeEachOther() throws Exception {
		prepareRow();
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Future<Boolean>> moves = IntStream.range(0, 8).mapToObj((i) -> executor.submit(() -> {
				try {
					this.instance.directory.move("acme", "shard-1");
					return true;
				}
				catch (ShardMoveException ex) {
					assertThat(ex).hasMessageContaining("another move of it is under way");
					return false;
				}
			})).toList();
			int succeeded = 0;
			for (Future<Boolean> move : moves) {
				succeeded += move.get(30, TimeUnit.SECONDS) ? 1 : 0;
			}
			assertThat(succeeded).isPositive();
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(TenantInstance.rows(databases, "shard-1", "acme")).isOne();
		assertThat(this.instance.directory.resume()).isEmpty();
	}

	@Test
	void keyspaceWithoutTablesRefusesMoves() {
		assertRefused(Map.of(), "the keyspace does not say which tables hold its rows. Name them and the columns of"
				+ " their keys under 'scaling.keyspaces.tenants.tables'. Everything is as it was.");
	}

	@Test
	void tableThatRefersToAMovedOneHasToBeNamed() {
		assertRefused(Map.of("account", "tenant"), "Table 'entry' refers to 'account', but its rows would not move,"
				+ " because 'scaling.keyspaces.tenants.tables' does not name it");
	}

	@Test
	void missingTableOrColumnIsNamed() {
		assertRefused(Map.of("nothing", "tenant"), "There is no table 'nothing'");
		assertRefused(Map.of("entry", "nothing"), "Table 'entry' has no column 'nothing'");
	}

	@Test
	void differentTablesAndForeignRowsAreRefused() {
		prepareRow();
		databases.jdbc("shard-1").sql("INSERT INTO account VALUES ('acme', 0)").update();
		assertThatExceptionOfType(ShardMoveException.class)
			.isThrownBy(() -> this.instance.directory.move("acme", "shard-1"))
			.withMessageContaining("Shard 'shard-1' has rows of the key, although it does not own it: delete them");
		databases.jdbc("shard-1").sql("ALTER TABLE account ADD more text").update();
		assertThatExceptionOfType(ShardMoveException.class)
			.isThrownBy(() -> this.instance.directory.move("acme", "shard-1"))
			.withMessageContaining("bring both to the same version")
			.matches(ShardMoveException::isUndone);
	}

	@Test
	void unknownKeyIsNotMoved() {
		assertThatExceptionOfType(ShardMoveException.class)
			.isThrownBy(() -> this.instance.directory.move("nobody", "shard-1"))
			.withMessageContaining("nobody owns it. Assign it to a shard");
	}

	@Test
	void directoryThatCannotBeReachedIsNamed() {
		try (TenantInstance other = new TenantInstance(databases, 1, new DirectoryOptions(UnknownKeys.FAIL, 10,
				Propagation.POLL, Duration.ofMillis(100), Duration.ofSeconds(1), false, Duration.ofMillis(300)), null,
				TenantInstance.FAST_MOVES)) {
			ShardDatabases.pool(other.topologies.get("main")).close();
			assertThatExceptionOfType(DataAccessResourceFailureException.class)
				.isThrownBy(() -> other.sharding.shardOf("acme"))
				.withMessageContaining(
						"The directory of keyspace 'tenants' in cluster 'main' cannot look up key 'acme'");
		}
	}

	private void assertRefused(Map<String, String> tables, String message) {
		try (TenantInstance other = new TenantInstance(databases, 2,
				TenantInstance.options(UnknownKeys.FAIL, Propagation.AUTO), null, TenantInstance.FAST_MOVES, tables)) {
			other.directory.assign("acme", "shard-0");
			assertThatExceptionOfType(ShardMoveException.class)
				.isThrownBy(() -> other.directory.move("acme", "shard-1"))
				.matches(ShardMoveException::isUndone)
				.withMessageContaining(message);
		}
	}

	private void prepareRow() {
		this.instance.directory.assign("acme", "shard-0");
		addAccount("acme");
		this.instance.insert("acme", 1);
	}

	private void addAccount(String tenant) {
		this.instance.transact(tenant, () -> {
			this.instance.jdbc.sql("SELECT 1").query(Integer.class).single();
			this.instance.jdbc.sql("INSERT INTO account VALUES (?, 0)").param(tenant).update();
		});
	}

	private static void awaitHeard(TenantInstance instance) {
		instance.sharding.shardOf("somebody");
		await().atMost(Duration.ofSeconds(10))
			.until(() -> instance.sharding.silence().compareTo(Duration.ofSeconds(1)) < 0);
	}

	private static TenantInstance instance(DirectoryOptions options, @Nullable Cache shared) {
		return instance(options, shared,
				new MoveOptions(Duration.ofMillis(500), 20, Duration.ofSeconds(5), Duration.ofMillis(10)));
	}

	private static TenantInstance instance(DirectoryOptions options, @Nullable Cache shared, MoveOptions moves) {
		return new TenantInstance(databases, 3, options, shared, moves);
	}

	private static long triggers(String shard) {
		return databases.jdbc(shard)
			.sql("SELECT count(*) FROM pg_trigger WHERE tgname = 'scaling_fence'")
			.query(Long.class)
			.single();
	}

}
