package dev.scaling.starter.resilience;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.scaling.starter.connection.Pools;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for calls that fail, are cancelled, time out, or leave things open: none of them
 * keeps a connection.
 */
@SpringBootTest(classes = ResilienceApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "scaling.pool.maximum-pool-size=4", "scaling.pool.connection-timeout=30s",
				"scaling.pool.leak-detection-threshold=10s" })
@AutoConfigurePostgresCluster(replicas = 2)
@ExtendWith(OutputCaptureExtension.class)
class LeakTests {

	private static final int CALLS = 10_000;

	private static final int THREADS = 8;

	/**
	 * Every so many calls one waits for a query timeout, which has a resolution of a
	 * second.
	 */
	private static final int CALLS_PER_QUERY_TIMEOUT = 500;

	@Autowired
	private DataSource dataSource;

	@Autowired
	private JdbcTemplate jdbc;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private PostgresCluster cluster;

	private final AtomicInteger failures = new AtomicInteger();

	private final ScheduledExecutorService canceller = Executors.newSingleThreadScheduledExecutor();

	@BeforeEach
	void createTable() throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("DROP TABLE IF EXISTS leak; CREATE TABLE leak (id int PRIMARY KEY, name text);"
					+ "INSERT INTO leak VALUES (1, 'one')");
		}
		this.cluster.awaitReplication();
	}

	@Test
	void tenThousandCallsLeakNoConnection(CapturedOutput output) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			AtomicInteger next = new AtomicInteger();
			List<Future<?>> threads = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				Random random = new Random(thread);
				threads.add(executor.submit(() -> {
					for (int call = next.getAndIncrement(); call < CALLS; call = next.getAndIncrement()) {
						call(call, random);
					}
				}));
			}
			for (Future<?> thread : threads) {
				thread.get(3, TimeUnit.MINUTES);
			}
		}
		finally {
			executor.shutdownNow();
			this.canceller.shutdownNow();
		}
		Pools.of(this.dataSource).awaitDrained();
		assertThat(output).doesNotContain("Apparent connection leak detected");
		assertThat(this.failures).hasValueGreaterThan(CALLS / 4);
		assertThat(this.jdbc.queryForObject("SELECT count(*) FROM leak", Integer.class)).isOne();
		assertThat(sessionsInTransaction()).isZero();
	}

	/**
	 * Failures are what this is about: only what the pools hold in the end counts.
	 */
	private void call(int number, Random random) {
		try {
			if (number % CALLS_PER_QUERY_TIMEOUT == 0) {
				timeOut();
			}
			else {
				call(random.nextInt(16), random.nextBoolean());
			}
		}
		catch (SQLException | RuntimeException ex) {
			this.failures.incrementAndGet();
		}
	}

	private void call(int kind, boolean readOnly) throws SQLException {
		switch (kind) {
			case 0 -> transaction(readOnly, "SELECT name FROM leak");
			case 1 -> transaction(readOnly, "SELECT nothing");
			case 2 -> transaction(readOnly, "INSERT INTO leak VALUES (1, 'again')");
			case 3 -> transaction(readOnly, "SET LOCAL statement_timeout = '5ms'; SELECT pg_sleep(10)");
			case 4 -> this.jdbc.queryForList("SELECT name FROM leak");
			case 5 -> this.jdbc.execute("SELEC");
			case 6 -> this.jdbc.execute("INSERT INTO leak VALUES (1, 'again')");
			case 7 -> failInTransaction(readOnly);
			default -> useConnection(kind, readOnly);
		}
	}

	private void transaction(boolean readOnly, String sql) {
		template(readOnly).executeWithoutResult((status) -> this.jdbc.execute(sql));
	}

	private void failInTransaction(boolean readOnly) {
		template(readOnly).executeWithoutResult((status) -> {
			this.jdbc.queryForList("SELECT name FROM leak");
			throw new IllegalStateException("The application fails");
		});
	}

	private TransactionTemplate template(boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(this.transactionManager);
		template.setReadOnly(readOnly);
		return template;
	}

	private void useConnection(int kind, boolean readOnly) throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setReadOnly(readOnly);
			connection.setAutoCommit(kind % 2 == 0);
			switch (kind) {
				case 8, 9 -> connection.createStatement().executeQuery("SELECT name FROM leak").next();
				case 10 -> leaveCursorOpen(connection);
				case 11 -> connection.getMetaData().getTables(null, null, "leak", null).next();
				case 12 -> cancel(connection);
				case 13 -> connection.createStatement().execute("SET app.tenant = 'acme'");
				case 14 -> connection.unwrap(PGConnection.class).getBackendPID();
				default -> abort(connection);
			}
		}
	}

	private static void leaveCursorOpen(Connection connection) throws SQLException {
		connection.setAutoCommit(false);
		PreparedStatement statement = connection.prepareStatement("SELECT generate_series(1, 100)");
		statement.setFetchSize(10);
		statement.executeQuery().next();
		connection.commit();
		statement.executeQuery().next();
	}

	private void cancel(Connection connection) throws SQLException {
		Statement statement = connection.createStatement();
		this.canceller.schedule(() -> {
			statement.cancel();
			return null;
		}, 5, TimeUnit.MILLISECONDS);
		statement.setQueryTimeout(5);
		statement.execute("SELECT pg_sleep(0.5)");
	}

	private static void abort(Connection connection) throws SQLException {
		Statement statement = connection.createStatement();
		statement.executeQuery("SELECT name FROM leak");
		connection.abort(Runnable::run);
		statement.executeQuery("SELECT name FROM leak");
	}

	private void timeOut() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			statement.setQueryTimeout(1);
			statement.execute("SELECT pg_sleep(30)");
		}
	}

	private int sessionsInTransaction() {
		return this.jdbc.queryForObject(
				"SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND state LIKE 'idle in%'",
				Integer.class);
	}

}
