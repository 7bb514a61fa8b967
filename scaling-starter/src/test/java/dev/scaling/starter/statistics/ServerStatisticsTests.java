package dev.scaling.starter.statistics;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.ServerStatistics.Database;
import dev.scaling.insight.statistics.ServerStatistics.Index;
import dev.scaling.insight.statistics.ServerStatistics.Missing;
import dev.scaling.insight.statistics.ServerStatistics.RunningStatement;
import dev.scaling.insight.statistics.ServerStatistics.Standby;
import dev.scaling.insight.statistics.ServerStatistics.Statements;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.ServerStatistics.Wal;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ServerStatistics}: each part says what the server says when it is
 * asked directly.
 */
@ExtendWith(OutputCaptureExtension.class)
class ServerStatisticsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private final JdbcTemplate primary = new JdbcTemplate(cluster.cluster().primary().dataSource());

	private final JdbcTemplate replica = new JdbcTemplate(cluster.cluster().replica(1).dataSource());

	private static AskedCluster asked(String username) {
		Map<String, String> urls = new LinkedHashMap<>();
		cluster.cluster().nodes().forEach((node) -> urls.put(node.id(), node.jdbcUrl()));
		return new AskedCluster(urls, username, "secret");
	}

	private static AskedCluster asked() {
		return asked(cluster.cluster().primary().username());
	}

	private static ServerStatistics ofPrimary() {
		return asked().collect().get("primary");
	}

	private static ServerStatistics ofReplica() {
		return asked().collect().get("replica-1");
	}

	private static Table table(ServerStatistics statistics, String name) {
		return statistics.tables().stream().filter((table) -> table.name().equals(name)).findFirst().orElseThrow();
	}

	@AfterEach
	void removeTables() {
		this.primary.execute("DROP SCHEMA public CASCADE");
		this.primary.execute("CREATE SCHEMA public");
		this.primary.execute("GRANT USAGE ON SCHEMA public TO PUBLIC");
		this.primary.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
	}

	@Test
	void connectionsAreThoseOfTheDatabaseByState() throws SQLException {
		try (Connection idle = cluster.cluster().primary().dataSource().getConnection();
				Connection inTransaction = cluster.cluster().primary().dataSource().getConnection();
				Statement statement = inTransaction.createStatement()) {
			inTransaction.setAutoCommit(false);
			statement.execute("SELECT 1");
			await().atMost(PATIENCE).untilAsserted(() -> {
				Map<String, Integer> expected = this.primary
					.queryForList("SELECT state, count(*)::int AS n FROM pg_stat_activity"
							+ " WHERE datname = current_database() AND backend_type = 'client backend'"
							+ " AND pid <> pg_backend_pid() GROUP BY state")
					.stream()
					.collect(Collectors.toMap((row) -> (String) row.get("state"), (row) -> (Integer) row.get("n")));
				ServerStatistics statistics = ofPrimary();
				assertThat(statistics.connections()).isEqualTo(expected)
					.containsEntry("idle in transaction", 1)
					.containsKey("idle")
					.doesNotContainKey("active");
				assertThat(statistics.maxConnections()).isEqualTo(100);
			});
			assertThat(idle.isValid(1)).isTrue();
		}
	}

	@Test
	void statementsThatRunForLongAreShownWithoutTheirValues() throws Exception {
		try (Connection connection = cluster.cluster().primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			CompletableFuture<Void> work = CompletableFuture.runAsync(() -> {
				try {
					statement.execute("SELECT pg_sleep(60), 'Alice'");
				}
				catch (SQLException ex) {
					assertThat(ex.getSQLState()).isEqualTo("57014");
				}
			});
			await().atMost(PATIENCE).untilAsserted(() -> {
				List<RunningStatement> running = ofPrimary().running();
				assertThat(running).extracting(RunningStatement::sql).containsExactly("SELECT pg_sleep(?), ?");
				assertThat(running.get(0).duration()).isGreaterThan(Duration.ofMillis(200));
				assertThat(this.primary.queryForObject("SELECT query FROM pg_stat_activity WHERE pid = ?", String.class,
						running.get(0).pid()))
					.isEqualTo("SELECT pg_sleep(60), 'Alice'");
			});
			statement.cancel();
			work.join();
		}
	}

	@Test
	void standbysHaveAllPositions() {
		this.primary.execute("CREATE TABLE moved (id int)");
		cluster.cluster().awaitReplication();
		cluster.cluster().replica(1).pauseReplay();
		try {
			this.primary.execute("INSERT INTO moved SELECT generate_series(1, 1000)");
			await().atMost(PATIENCE).untilAsserted(() -> {
				ServerStatistics statistics = ofPrimary();
				assertThat(statistics.standbys()).hasSize(1);
				Standby standby = statistics.standbys().get(0);
				Map<String, Object> expected = this.primary.queryForMap("SELECT application_name,"
						+ " host(client_addr) AS address, state, sent_lsn::text, write_lsn::text, flush_lsn::text,"
						+ " replay_lsn::text, (sent_lsn - replay_lsn)::bigint AS replication_lag_bytes"
						+ " FROM pg_stat_replication");
				assertThat(expected.values()).containsExactly(standby.name(), standby.address(), standby.state(),
						standby.sent(), standby.written(), standby.flushed(), standby.replayed(), standby.lagBytes());
				assertThat(standby.lagBytes()).isPositive();
				assertThat(standby.state()).isEqualTo("streaming");
			});
			assertThat(ofReplica().standbys()).isEmpty();
		}
		finally {
			cluster.cluster().replica(1).resumeReplay();
		}
	}

	@Test
	void tableThatIsScannedSaysSo() {
		this.primary.execute("CREATE TABLE scanned (id int PRIMARY KEY, note text, created_at timestamptz)");
		this.primary.execute("CREATE INDEX scanned_note ON scanned (note)");
		this.primary.execute("INSERT INTO scanned SELECT i, 'note ' || i, now() + i * interval '1 second'"
				+ " FROM generate_series(1, 1000) i");
		this.primary.execute("VACUUM ANALYZE scanned");
		this.primary.execute("UPDATE scanned SET note = 'new' WHERE id <= 10");
		this.primary.execute("DELETE FROM scanned WHERE id > 990");
		this.primary
			.execute("DO $$ BEGIN FOR i IN 1..150 LOOP PERFORM count(note || i) FROM scanned; END LOOP; END $$");
		await().atMost(PATIENCE).untilAsserted(() -> {
			Table table = table(ofPrimary(), "public.scanned");
			Map<String, Object> expected = this.primary.queryForMap("SELECT seq_scan, seq_tup_read, idx_scan,"
					+ " n_tup_ins, n_tup_upd, n_tup_del, n_live_tup, n_dead_tup, pg_table_size(relid),"
					+ " pg_indexes_size(relid) FROM pg_stat_user_tables WHERE relname = 'scanned'");
			assertThat(expected.values()).containsExactly(table.sequentialScans(), table.sequentialRows(),
					table.indexScans(), table.inserted(), table.updated(), table.deleted(), table.liveRows(),
					table.deadRows(), table.size(), table.indexSize());
			assertThat(table.sequentialScans()).isGreaterThan(150);
			assertThat(table.deadRows()).isEqualTo(20);
			assertThat(table.indexes()).isEqualTo(2);
			assertThat(table.lastVacuum()).isNotNull();
			assertThat(table.timeColumn()).isEqualTo("created_at");
			assertThat(table.partitioned()).isFalse();
		});
		assertThat(ofPrimary().tables().get(0).name()).isEqualTo("public.scanned");
	}

	@Test
	void indexesThatNobodyUsesAreFoundUnlessTheyEnforceSomething() {
		this.primary.execute("CREATE TABLE indexed (id int PRIMARY KEY, name text UNIQUE, unused int, used int)");
		this.primary.execute("CREATE INDEX indexed_unused ON indexed (unused)");
		this.primary.execute("CREATE INDEX indexed_used ON indexed (used)");
		this.primary.execute("INSERT INTO indexed SELECT i, i, i, i FROM generate_series(1, 10000) i");
		this.primary.execute("ANALYZE indexed");
		this.primary.queryForList("SELECT * FROM indexed WHERE used = 5");
		await().atMost(PATIENCE).untilAsserted(() -> {
			long size = this.primary.queryForObject("SELECT pg_relation_size('indexed_unused')", Long.class);
			assertThat(ofPrimary().unusedIndexes())
				.containsExactly(new Index("public.indexed_unused", "public.indexed", 0, size));
		});
	}

	@Test
	void timeColumnIsTheOneThatRowsAreOrderedBy() {
		this.primary.execute("CREATE TABLE log (id int, shuffled_at timestamptz, entered timestamp)");
		this.primary.execute("INSERT INTO log SELECT i, now() + random() * interval '1 day',"
				+ " now() + i * interval '1 second' FROM generate_series(1, 1000) i");
		this.primary.execute("ANALYZE log");
		this.primary.execute("CREATE TABLE unordered (id int, created_at timestamptz)");
		this.primary.execute("INSERT INTO unordered SELECT i, now() + random() * interval '1 day'"
				+ " FROM generate_series(1, 1000) i");
		this.primary.execute("ANALYZE unordered");
		this.primary.execute("CREATE TABLE unknown (id int, note text, \"createdAt\" date)");
		this.primary.execute("INSERT INTO unknown VALUES (1, 'one', now())");
		this.primary.execute("CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day)");
		this.primary
			.execute("CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");
		ServerStatistics statistics = ofPrimary();
		assertThat(table(statistics, "public.log").timeColumn()).isEqualTo("entered");
		assertThat(table(statistics, "public.unordered").timeColumn()).isNull();
		assertThat(table(statistics, "public.unknown").timeColumn()).isEqualTo("createdAt");
		assertThat(table(statistics, "public.parts_1").partitioned()).isTrue();
	}

	@Test
	void onlySomeOfManyTablesAreShown() {
		this.primary.execute("DO $$ BEGIN FOR i IN 1..60 LOOP EXECUTE format('CREATE TABLE many_%s"
				+ " AS SELECT generate_series(1, %s) AS id', i, i); END LOOP; END $$");
		List<Table> tables = ofPrimary().tables();
		assertThat(tables).hasSizeBetween(10, 30);
		assertThat(tables).extracting(Table::name).contains("public.many_60").doesNotContain("public.many_1");
	}

	@Test
	void lockedTableDoesNotHoldUpTheOthers() throws SQLException {
		this.primary.execute("CREATE TABLE locked AS SELECT generate_series(1, 10000) AS id");
		this.primary.execute("VACUUM ANALYZE locked");
		try (Connection connection = cluster.cluster().primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE");
			ServerStatistics statistics = ofPrimary();
			assertThat(table(statistics, "public.locked").size()).isEqualTo(this.primary
				.queryForObject("SELECT relpages * 8192 FROM pg_class WHERE relname = 'locked'", Long.class));
			assertThat(statistics.missing()).isEmpty();
			connection.rollback();
		}
	}

	@Test
	void deadlocksAndTemporaryFilesAreThoseOfTheDatabase() throws Exception {
		this.primary.execute("CREATE TABLE entangled AS SELECT generate_series(1, 2) AS id");
		Database before = ofPrimary().database();
		CountDownLatch locked = new CountDownLatch(2);
		CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(() -> entangle(1, 2, locked));
		CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> entangle(2, 1, locked));
		assertThat(List.of(first.join(), second.join())).containsExactlyInAnyOrder(true, false);
		try (Connection connection = cluster.cluster().primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("SET work_mem = '64kB'");
			statement
				.execute("SELECT count(*) FROM (SELECT i FROM generate_series(1, 50000) i ORDER BY random()) AS s");
		}
		await().atMost(PATIENCE).untilAsserted(() -> {
			Database database = ofPrimary().database();
			assertThat(database.deadlocks()).isEqualTo(before.deadlocks() + 1);
			assertThat(database.temporaryFiles()).isGreaterThan(before.temporaryFiles());
			assertThat(database.temporaryBytes()).isGreaterThan(before.temporaryBytes());
			assertThat(database.commits()).isGreaterThan(before.commits());
			Map<String, Object> expected = this.primary.queryForMap("SELECT deadlocks, temp_files, temp_bytes,"
					+ " pg_database_size(datid) FROM pg_stat_database WHERE datname = current_database()");
			assertThat(expected.values()).containsExactly(database.deadlocks(), database.temporaryFiles(),
					database.temporaryBytes(), database.size());
		});
	}

	private static boolean entangle(int first, int second, CountDownLatch locked) {
		try (Connection connection = cluster.cluster().primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("SET deadlock_timeout = '20ms'");
			connection.setAutoCommit(false);
			statement.execute("UPDATE entangled SET id = id WHERE id = " + first);
			locked.countDown();
			locked.await();
			statement.execute("UPDATE entangled SET id = id WHERE id = " + second);
			connection.commit();
			return true;
		}
		catch (SQLException ex) {
			assertThat(ex.getSQLState()).isEqualTo("40P01");
			return false;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void statementsAreThoseOfTheDatabaseWithoutOurOwn() {
		this.primary.execute("CREATE TABLE asked (id int)");
		ofPrimary();
		this.primary.execute("SELECT pg_stat_statements_reset()");
		for (int i = 0; i < 7; i++) {
			this.primary.execute("INSERT INTO asked SELECT generate_series(1, 100)");
			this.primary.queryForList("SELECT count(*), 'Alice' FROM asked, pg_sleep(0.01)");
		}
		ofPrimary();
		Statements statements = ofPrimary().statements();
		assertThat(statements).isNotNull();
		assertThat(statements.since()).isNotNull();
		assertThat(statements.byTotalTime()).hasSizeBetween(3, 10)
			.noneMatch((statement) -> statement.sql().contains("scaling-statistics"));
		assertThat(statements.byTotalTime().get(0).sql()).startsWith("SELECT count(*), ").doesNotContain("Alice");
		assertThat(statements.byTotalTime().get(0).meanTime()).isGreaterThan(Duration.ofMillis(10));
		assertThat(statements.byMeanTime()).hasSizeBetween(3, 10);
		assertThat(statements.byTotalTime()).filteredOn((statement) -> statement.sql().startsWith("INSERT"))
			.singleElement()
			.satisfies((statement) -> {
				Map<String, Object> expected = this.primary.queryForMap("SELECT queryid, calls, rows, shared_blks_hit,"
						+ " shared_blks_read, wal_bytes::bigint FROM pg_stat_statements WHERE query LIKE 'INSERT%'");
				assertThat(expected.values()).containsExactly(statement.id(), statement.calls(), statement.rows(),
						statement.blocks().hit(), statement.blocks().read(), statement.walBytes());
				assertThat(statement.calls()).isEqualTo(7);
				assertThat(statement.rows()).isEqualTo(700);
				assertThat(statement.walBytes()).isPositive();
			});
		assertThat(statements.calls()).isGreaterThanOrEqualTo(14);
		assertThat(statements.readTime()).isGreaterThan(Duration.ofMillis(70)).isLessThan(statements.totalTime());
		assertThat(this.primary.queryForObject(
				"SELECT count(*) FROM pg_stat_statements WHERE query LIKE 'SELECT /* scaling-statistics */%'",
				Integer.class))
			.isGreaterThan(5);
		assertThat(ofReplica().statements()).isNotNull();
	}

	@Test
	void walAndCheckpointsAreThoseOfThePrimary() {
		Wal before = ofPrimary().wal();
		this.primary.execute("CREATE TABLE written AS SELECT generate_series(1, 1000) AS id");
		this.primary.execute("CHECKPOINT");
		await().atMost(PATIENCE).untilAsserted(() -> {
			ServerStatistics statistics = ofPrimary();
			Wal wal = statistics.wal();
			assertThat(wal.bytes()).isGreaterThan(before.bytes() + 10000)
				.isLessThanOrEqualTo(this.primary.queryForObject("SELECT wal_bytes FROM pg_stat_wal", Long.class));
			assertThat(wal.requestedCheckpoints()).isGreaterThan(before.requestedCheckpoints())
				.isEqualTo(Checkpoints.of(this.primary).requested());
			assertThat(statistics.blocks().hitRatio()).isBetween(0.0, 1.0);
		});
		assertThat(ofReplica().wal()).isNull();
	}

	@Test
	void settingsAreInTheNotationOfTheServer() {
		ServerStatistics statistics = ofPrimary();
		assertThat(statistics.settings()).containsEntry("shared_preload_libraries", "pg_stat_statements")
			.containsEntry("max_connections", "100")
			.containsEntry("shared_buffers", "16MB")
			.containsEntry("log_min_duration_statement", "-1")
			.containsKeys("work_mem", "track_io_timing", "max_wal_size", "checkpoint_timeout", "wal_level");
		assertThat(statistics.primary()).isTrue();
		assertThat(statistics.missing()).isEmpty();
		ServerStatistics ofReplica = ofReplica();
		assertThat(ofReplica.primary()).isFalse();
		assertThat(ofReplica.missing()).isEmpty();
		assertThat(ofReplica.settings()).isEqualTo(statistics.settings());
	}

	@Test
	void ordinaryUserIsToldWhatItLacksUntilItHasIt(CapturedOutput output) throws SQLException {
		this.primary.execute("CREATE ROLE \"Watcher\" LOGIN PASSWORD 'secret'");
		this.primary.execute("CREATE TABLE hidden (id int, created_at timestamptz)");
		cluster.cluster().awaitReplication();
		try (Connection other = cluster.cluster().primary().dataSource().getConnection()) {
			AskedCluster asked = asked("Watcher");
			asked.collect();
			Map<String, ServerStatistics> statistics = asked.collect();
			ServerStatistics ofPrimary = statistics.get("primary");
			assertThat(ofPrimary.connections()).containsKey("hidden").doesNotContainKey("idle");
			assertThat(ofPrimary.standbys()).isEmpty();
			assertThat(table(ofPrimary, "public.hidden").timeColumn()).isEqualTo("created_at");
			assertThat(ofPrimary.statements().calls()).isPositive();
			assertThat(statistics.values()).allSatisfy((node) -> {
				assertThat(node.missing()).hasSize(1);
				assertThat(node.missing().get(0).cure()).isEqualTo("GRANT pg_monitor TO \"Watcher\"");
			});
			assertThat(output.getOut().split("Statistics of primary lack pg_stat_activity", -1)).hasSize(2);
			assertThat(output.getOut()).contains("GRANT pg_monitor TO \"Watcher\"");
			this.primary.execute("REVOKE USAGE ON SCHEMA public FROM PUBLIC");
			assertThat(asked.collect().get("primary").missing()).extracting(Missing::cure)
				.containsExactly("GRANT pg_monitor TO \"Watcher\"", "GRANT USAGE ON SCHEMA public TO \"Watcher\"");
			this.primary.execute("GRANT USAGE ON SCHEMA public TO PUBLIC");
			this.primary.execute(ofPrimary.missing().get(0).cure());
			cluster.cluster().awaitReplication();
			statistics = asked.collect();
			assertThat(statistics.values()).allSatisfy((node) -> assertThat(node.missing()).isEmpty());
			assertThat(statistics.get("primary").connections()).containsKey("idle").doesNotContainKey("hidden");
			assertThat(statistics.get("primary").standbys()).hasSize(1);
			assertThat(other.isValid(1)).isTrue();
		}
		finally {
			this.primary.execute("DROP ROLE \"Watcher\"");
		}
	}

	@Test
	void databaseWithoutTheExtensionNamesTheCure() {
		this.primary.execute("CREATE DATABASE plain TEMPLATE template0");
		PostgresNode node = cluster.cluster().primary();
		AskedCluster asked = new AskedCluster(Map.of("primary", node.jdbcUrl().replaceFirst("/postgres\\b", "/plain")),
				node.username(), "secret");
		try {
			ServerStatistics statistics = asked.collect().get("primary");
			assertThat(statistics.statements()).isNull();
			assertThat(statistics.missing()).containsExactly(new Missing("pg_stat_statements",
					"The extension is not in the database plain", "CREATE EXTENSION pg_stat_statements"));
			assertThat(statistics.blocks().hitRatio()).isNaN();
		}
		finally {
			this.primary.execute("DROP DATABASE plain WITH (FORCE)");
		}
	}

	@Test
	void nodeThatHangsDoesNotHoldUpTheOthers(CapturedOutput output) {
		AskedCluster asked = asked();
		cluster.cluster().primary().freeze();
		try {
			assertThat(asked.collect()).containsOnlyKeys("replica-1");
		}
		finally {
			cluster.cluster().primary().resume();
		}
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(asked.collect()).containsOnlyKeys("primary", "replica-1"));
		assertThat(output).contains("Statistics of primary can be read again");
	}

	@Test
	void nodeThatRefusesIsReportedOnce(CapturedOutput output) {
		PostgresNode node = cluster.cluster().primary();
		Map<String, String> urls = new LinkedHashMap<>();
		urls.put("primary", "jdbc:postgresql://localhost:1/postgres");
		urls.put("replica-1", cluster.cluster().replica(1).jdbcUrl());
		AskedCluster asked = new AskedCluster(urls, node.username(), "secret");
		assertThat(asked.collect()).containsOnlyKeys("replica-1");
		assertThat(asked.collect()).containsOnlyKeys("replica-1");
		assertThat(output.getOut().split("Statistics of primary cannot be read", -1)).hasSize(2);
		assertThat(asked.history().nodes()).hasSize(1);
	}

}
