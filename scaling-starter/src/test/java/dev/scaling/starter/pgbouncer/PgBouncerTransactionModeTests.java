package dev.scaling.starter.pgbouncer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PgBouncer;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.NodeRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for an application whose nodes are behind a PgBouncer in transaction mode with
 * its default settings and two connections to each node, which 30 threads share.
 */
class PgBouncerTransactionModeTests {

	private static final int THREADS = 30;

	private static final int ROUNDS = 20;

	private static final String STATE = "SELECT current_setting('transaction_isolation') || ' ' || current_schema()"
			+ " || ' ' || current_setting('transaction_read_only') || ' ' || current_setting('TimeZone')"
			+ " || ' ' || current_setting('application_name') || ' '"
			+ " || coalesce(nullif(current_setting('app.tenant', true), ''), 'none')";

	@RegisterExtension
	static final PostgresClusterExtension extension = PostgresCluster.builder().replicas(2).extension();

	private static PgBouncer pgbouncer;

	private static ClusterApplication application;

	private PostgresCluster cluster;

	private JdbcClient primary;

	@BeforeAll
	static void startApplication() {
		assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
		pgbouncer = PgBouncer.builder()
			.nodes(extension.cluster().nodes())
			.user("watcher")
			.set("default_pool_size", "2")
			.set("ignore_startup_parameters", "")
			.start();
		execute("CREATE ROLE watcher LOGIN IN ROLE pg_monitor", "CREATE SCHEMA other");
		extension.cluster().awaitReplication();
		application = ClusterApplication.start(extension.cluster(), pgbouncer::jdbcUrl,
				"scaling.pgbouncer.mode=transaction", "scaling.pool.maximum-pool-size=" + THREADS,
				"scaling.pool.connection-timeout=20s", "scaling.monitor.username=watcher", "scaling.timeouts.lock=10s");
	}

	@AfterAll
	static void stopApplication() {
		if (application != null) {
			application.close();
		}
		if (pgbouncer != null) {
			pgbouncer.close();
		}
	}

	@BeforeEach
	void createTable(PostgresCluster cluster) {
		this.cluster = cluster;
		execute("DROP TABLE IF EXISTS entry", "CREATE TABLE entry (id bigserial PRIMARY KEY, name text NOT NULL)");
		cluster.awaitReplication();
		application.awaitAllUp();
		await().atMost(Duration.ofSeconds(20)).until(() -> application.status("primary").role() == NodeRole.PRIMARY);
		this.primary = JdbcClient.create(cluster.primary().dataSource());
	}

	/**
	 * PgBouncer before 1.20 would do it for each: the driver asks for the style
	 * {@code ISO}, and servers report {@code ISO, MDY}.
	 */
	@Test
	void poolerSetsNoDateStyleBeforeTransactions() {
		execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
		String style = this.primary.sql("SHOW DateStyle").query(String.class).single();
		long before = dateStylesSet();
		for (int i = 0; i < ROUNDS; i++) {
			String ofTransaction = application.readWrite()
				.execute((status) -> application.jdbc().queryForObject("SHOW DateStyle", String.class));
			assertThat(ofTransaction).isEqualTo(style);
		}
		// Each new connection asks for it once.
		assertThat(dateStylesSet() - before).isLessThan(ROUNDS / 2);
	}

	private long dateStylesSet() {
		return this.primary.sql("""
				SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
				WHERE query ILIKE 'SET DateStyle%' AND userid = 'postgres'::regrole""").query(Long.class).single();
	}

	@Test
	void noSessionStateReachesAnotherClient() throws Exception {
		JdbcTemplate jdbc = application.jdbc();
		String defaults = application.readWrite().execute((status) -> state());
		assertThat(defaults).startsWith("read committed public off ").endsWith(" none");
		inThreads((thread) -> {
			String expected = switch (thread % 6) {
				case 0 -> defaults.replace("read committed", "serializable");
				case 1 -> defaults.replace(" public ", " other ");
				case 2 -> defaults.replace(" off ", " on ");
				case 3 -> defaults.replace("PostgreSQL JDBC Driver", "thread");
				case 4 -> defaults.replace(" none", " tenant-" + thread);
				default -> defaults;
			};
			assertThat(expected.equals(defaults)).isEqualTo(thread % 6 == 5);
			String state = switch (thread % 6) {
				case 0 -> isolated(TransactionDefinition.ISOLATION_SERIALIZABLE).execute((status) -> state());
				case 1 -> inTransaction((connection) -> connection.setSchema("other"));
				case 2 -> application.read(this::state);
				case 3 -> inTransaction((connection) -> connection.setClientInfo("ApplicationName", "thread"));
				case 4 -> application.readWrite().execute((status) -> {
					jdbc.queryForObject("SELECT set_config('app.tenant', ?, true)", String.class, "tenant-" + thread);
					jdbc.query("SELECT pg_advisory_xact_lock(?)", (resultSet) -> {
					}, thread);
					return state();
				});
				default -> application.readWrite().execute((status) -> state());
			};
			assertThat(state).as("kind %d", thread % 6).isEqualTo(expected);
			return null;
		});
		assertThat(this.primary.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
			.query(Long.class)
			.single()).isZero();
		// the test's own sessions take a moment to end
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(this.primary
				.sql("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
						+ " AND usename = 'postgres' AND pid <> pg_backend_pid()")
				.query(Long.class)
				.single()).isLessThanOrEqualTo(2));
	}

	@Test
	void statementsOfAllKindsWork() throws Exception {
		inThreads((thread) -> {
			String name = "kind-" + thread;
			for (int i = 0; i < 10; i++) {
				assertThat(application.jdbc().queryForObject("SELECT ?::int + 1", Integer.class, i)).isEqualTo(i + 1);
			}
			application.readWrite().executeWithoutResult((status) -> insertBatch(name));
			try (Connection connection = application.dataSource().getConnection()) {
				connection.setAutoCommit(false);
				try (PreparedStatement statement = connection.prepareStatement("SELECT generate_series(1, ?)")) {
					statement.setFetchSize(10);
					statement.setInt(1, 35);
					assertThat(count(statement.executeQuery())).isEqualTo(35);
				}
				connection.rollback();
			}
			return null;
		});
	}

	@Test
	void sessionsReadWhatTheyHaveWritten() throws Exception {
		inThreads((thread) -> {
			ConsistencySession.open().run(() -> {
				String name = "session-" + thread;
				application.readWrite()
					.executeWithoutResult(
							(status) -> application.jdbc().update("INSERT INTO entry (name) VALUES (?)", name));
				Long seen = application.read(() -> application.jdbc()
					.queryForObject("SELECT count(*) FROM entry WHERE name = ?", Long.class, name));
				Long written = this.primary.sql("SELECT count(*) FROM entry WHERE name = ?")
					.param(name)
					.query(Long.class)
					.single();
				assertThat(seen).isEqualTo(written);
			});
			return null;
		});
		ConsistencySession.open().run(() -> application.read("SELECT count(*) FROM entry"));
		assertThat(application.decisions().last().node()).startsWith("replica-");
	}

	@Test
	void writesFollowAPromotion() {
		application.write("INSERT INTO entry (name) VALUES ('before')");
		this.cluster.awaitReplication();
		this.cluster.primary().kill();
		this.cluster.replica(1).promote();
		this.cluster.replica(2).follow();
		await().atMost(Duration.ofSeconds(20)).until(() -> application.status("replica-1").role() == NodeRole.PRIMARY);
		application.write("INSERT INTO entry (name) VALUES ('after')");
		assertThat(application.decisions().last().node()).isEqualTo("replica-1");
		assertThat(application.read("SELECT count(*) FROM entry")).isEqualTo(2);
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			assertThat(ConsistencySession.open().call(() -> application.read("SELECT count(*) FROM entry")))
				.isEqualTo(2);
			assertThat(application.decisions().last().node()).isEqualTo("replica-2");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "SET search_path TO other", "SET SESSION TIME ZONE 'UTC'", "LISTEN entries",
			"SELECT set_config('app.tenant', 'a', false)", "SELECT pg_advisory_lock(1)",
			"CREATE TEMP TABLE scratch (id int)", "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
			"SET LOCAL app.tenant = 'a'; SET app.tenant = 'b'", "PREPARE p AS SELECT 1", "DISCARD ALL" })
	void whatWouldStayOnTheSessionIsRefused(String sql) throws SQLException {
		try (Connection connection = application.dataSource().getConnection()) {
			connection.setAutoCommit(false);
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> execute(connection, sql))
				.withMessageContaining("primary is behind a pooler in transaction mode")
				.withMessageContaining("SET LOCAL")
				.withMessageContaining("scaling.pgbouncer.mode")
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("0A000"));
			connection.rollback();
		}
		assertThat(application.pools().active()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SET LOCAL search_path TO other", "SELECT set_config('app.tenant', 'a', true)",
			"SELECT set_config('app.tenant', upper('a'), TRUE)", "SELECT pg_advisory_xact_lock(1)",
			"CREATE TEMP TABLE scratch (id int) ON COMMIT DROP; INSERT INTO pg_temp.scratch VALUES (1)",
			"DECLARE c CURSOR FOR SELECT 1" })
	void whatEndsWithTheTransactionWorks(String sql) throws SQLException {
		try (Connection connection = application.dataSource().getConnection()) {
			connection.setAutoCommit(false);
			execute(connection, sql);
			connection.commit();
			assertThat(application.pools().active()).as("connections that are kept").isZero();
		}
	}

	@Test
	void schemaAppliesToTransactionsOnly() throws SQLException {
		try (Connection connection = application.dataSource().getConnection()) {
			connection.setSchema("other");
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> execute(connection, "SELECT 1"))
				.withMessageContaining("The schema 'other'")
				.withMessageContaining("work in a transaction");
			connection.setAutoCommit(false);
			assertThat(query(connection, "SELECT current_schema()")).isEqualTo("other");
			connection.setSchema("public");
			assertThat(query(connection, "SELECT current_schema()")).isEqualTo("public");
			connection.rollback();
			assertThat(query(connection, "SELECT current_schema()")).isEqualTo("public");
			connection.rollback();
		}
	}

	private void insertBatch(String name) {
		application.jdbc().execute((Connection connection) -> {
			try (PreparedStatement statement = connection.prepareStatement("INSERT INTO entry (name) VALUES (?)",
					Statement.RETURN_GENERATED_KEYS)) {
				for (int i = 0; i < 20; i++) {
					statement.setString(1, name);
					statement.addBatch();
				}
				statement.executeBatch();
				assertThat(count(statement.getGeneratedKeys())).isEqualTo(20);
			}
			return null;
		});
	}

	private static int count(ResultSet resultSet) throws SQLException {
		int count = 0;
		while (resultSet.next()) {
			count++;
		}
		return count;
	}

	private String state() {
		return application.jdbc().queryForObject(STATE, String.class);
	}

	private TransactionTemplate isolated(int level) {
		TransactionTemplate template = application.readWrite();
		template.setIsolationLevel(level);
		return template;
	}

	private String inTransaction(Setup setup) throws SQLException {
		try (Connection connection = application.dataSource().getConnection()) {
			setup.accept(connection);
			connection.setAutoCommit(false);
			String state = query(connection, STATE);
			connection.commit();
			return state;
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static String query(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet resultSet = statement.executeQuery(sql)) {
			resultSet.next();
			return resultSet.getString(1);
		}
	}

	private static void execute(String... statements) {
		JdbcClient client = JdbcClient.create(extension.cluster().primary().dataSource());
		for (String sql : statements) {
			client.sql(sql).update();
		}
	}

	private static void inThreads(Work work) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			CountDownLatch start = new CountDownLatch(THREADS);
			List<Future<?>> futures = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				int thread = i;
				futures.add(executor.submit((Callable<?>) () -> {
					start.countDown();
					start.await();
					for (int round = 0; round < ROUNDS; round++) {
						work.run(thread);
					}
					return null;
				}));
			}
			for (Future<?> future : futures) {
				future.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * Work of one of the threads.
	 */
	@FunctionalInterface
	private interface Work {

		Object run(int thread) throws Exception;

	}

	/**
	 * Sets up a connection.
	 */
	@FunctionalInterface
	private interface Setup {

		void accept(Connection connection) throws SQLException;

	}

}
