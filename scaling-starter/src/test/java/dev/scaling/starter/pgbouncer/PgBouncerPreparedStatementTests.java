package dev.scaling.starter.pgbouncer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.scaling.routing.NodePool;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PgBouncer;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for prepared statements behind a PgBouncer in transaction mode, of whatever
 * version is installed: 1.21 and later keep track of them.
 */
@ExtendWith(OutputCaptureExtension.class)
class PgBouncerPreparedStatementTests {

	private static final int THREADS = 8;

	private static final int ROUNDS = 50;

	private static final String ON = "The pooler of node primary keeps track of prepared statements";

	private static final String OFF = "The pooler of node primary does not keep track of prepared statements";

	private static final String PREPARED = "SELECT name FROM pg_prepared_statements";

	@RegisterExtension
	static final PostgresClusterExtension extension = PostgresCluster.builder().replicas(1).extension();

	private static boolean supported;

	@BeforeAll
	static void askForTheVersion() {
		assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
		try (PgBouncer pgbouncer = PgBouncer.builder().start()) {
			String version = new JdbcTemplate(pgbouncer.admin()).queryForObject("SHOW VERSION", String.class);
			String[] numbers = version.replaceFirst("\\D*", "").split("\\.");
			supported = Integer.parseInt(numbers[0]) > 1 || Integer.parseInt(numbers[1]) >= 21;
		}
	}

	@Test
	void statementsArePreparedWhereThePoolerKeepsTrackOfThem(CapturedOutput output) throws Exception {
		try (PgBouncer pgbouncer = pgbouncer("100"); ClusterApplication application = start(pgbouncer, "auto")) {
			assertThat(thresholds(application)).containsOnly(supported ? 5 : 0);
			work(application);
			assertThat(prepared(pgbouncer).isEmpty()).isNotEqualTo(supported);
			assertThat(prepared(pgbouncer)).allMatch((name) -> name.startsWith("PGBOUNCER_"));
			assertThat(output).contains(supported ? ON : OFF).doesNotContain(supported ? OFF : ON);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "off" })
	void nothingIsPreparedWhereThePoolerDoesNot(String value, CapturedOutput output) throws Exception {
		try (PgBouncer pgbouncer = pgbouncer("0"); ClusterApplication application = start(pgbouncer, value)) {
			assertThat(thresholds(application)).containsOnly(0);
			work(application);
			assertThat(prepared(pgbouncer)).isEmpty();
			assertThat(output.getOut().contains(OFF)).isEqualTo(value.equals("auto"));
			assertThat(output).doesNotContain(ON);
		}
	}

	@Test
	void statementsFailWhereThatIsDeclaredAndNotTrue() {
		try (PgBouncer pgbouncer = pgbouncer("0"); ClusterApplication application = start(pgbouncer, "on")) {
			assertThatException().isThrownBy(() -> work(application))
				.havingRootCause()
				.withMessageContaining("prepared statement");
		}
	}

	@Test
	void nothingIsPreparedIfSomebodyElseIsInTheWay() throws Exception {
		try (PgBouncer pgbouncer = pgbouncer("0")) {
			prepare(client(pgbouncer), "SELECT 1");
			assertThat(prepared(pgbouncer)).containsExactly("S_1");
			try (ClusterApplication application = start(pgbouncer, "auto")) {
				assertThat(thresholds(application)).containsOnly(0);
				work(application);
				assertThat(prepared(pgbouncer)).containsExactly("S_1");
			}
		}
	}

	@Test
	void poolerIsAskedWhenItIsThere(CapturedOutput output) throws Exception {
		try (PgBouncer pgbouncer = pgbouncer(supported ? "100" : "0")) {
			pgbouncer.kill();
			try (ClusterApplication application = ClusterApplication.startOnBroken(extension.cluster(),
					pgbouncer::jdbcUrl, "spring.data.jdbc.dialect=postgresql",
					"scaling.failover.start-without-primary=true", "scaling.pgbouncer.mode=transaction")) {
				assertThat(output).doesNotContain(ON, OFF).contains("Starting without the primary");
				pgbouncer.start();
				application.awaitAllUp();
				work(application);
				assertThat(thresholds(application)).containsOnly(supported ? 5 : 0);
				assertThat(output).contains(supported ? ON : OFF);
			}
		}
	}

	@Test
	void statementModeIsNotTested() throws Exception {
		try (PgBouncer pgbouncer = builder("0").set("pool_mode", "statement").start();
				ClusterApplication application = ClusterApplication.start(extension.cluster(), pgbouncer::jdbcUrl,
						"scaling.pgbouncer.mode=statement")) {
			assertThat(thresholds(application)).containsOnly(0);
			assertThat(prepared(pgbouncer)).isEmpty();
		}
	}

	private static PgBouncer.Builder builder(String preparedStatements) {
		PgBouncer.Builder builder = PgBouncer.builder()
			.nodes(extension.cluster().nodes())
			.set("default_pool_size", "1");
		return supported ? builder.set("max_prepared_statements", preparedStatements) : builder;
	}

	private static PgBouncer pgbouncer(String preparedStatements) {
		return builder(preparedStatements).start();
	}

	private static ClusterApplication start(PgBouncer pgbouncer, String preparedStatements) {
		return ClusterApplication.start(extension.cluster(), pgbouncer::jdbcUrl, "scaling.pgbouncer.mode=transaction",
				"scaling.pgbouncer.prepared-statements=" + preparedStatements,
				"scaling.pool.maximum-pool-size=" + THREADS, "scaling.monitor.interval=1s");
	}

	/**
	 * How often a statement is executed before the driver prepares it, on the connections
	 * to all nodes.
	 */
	private static List<Integer> thresholds(ClusterApplication application) throws SQLException {
		List<Integer> thresholds = new ArrayList<>();
		for (NodePool pool : application.topology().pools()) {
			try (Connection connection = pool.dataSource().getConnection()) {
				thresholds.add(connection.unwrap(PGConnection.class).getPrepareThreshold());
			}
		}
		return thresholds;
	}

	private static void work(ClusterApplication application) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<?>> threads = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				String comment = " /* " + thread % 3 + " */";
				threads.add(executor.submit(() -> {
					for (int round = 0; round < ROUNDS; round++) {
						int number = round;
						Integer answer = application.readWrite()
							.execute((status) -> application.jdbc()
								.queryForObject("SELECT ?::int" + comment, Integer.class, number));
						assertThat(answer).isEqualTo(number);
					}
				}));
			}
			for (Future<?> thread : threads) {
				thread.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * The names of the prepared statements in the only session of the primary that the
	 * pooler has.
	 */
	private static List<String> prepared(PgBouncer pgbouncer) {
		return JdbcClient.create(client(pgbouncer)).sql(PREPARED).query(String.class).list();
	}

	private static PGSimpleDataSource client(PgBouncer pgbouncer) {
		PGSimpleDataSource client = new PGSimpleDataSource();
		client.setUrl(pgbouncer.jdbcUrl(extension.cluster().primary()));
		client.setUser(extension.cluster().primary().username());
		client.setPrepareThreshold(0);
		return client;
	}

	/**
	 * Leaves a prepared statement behind, as a client does that does not know of the
	 * pooler.
	 */
	private static void prepare(DataSource client, String sql) throws SQLException {
		try (Connection connection = client.getConnection();
				PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.unwrap(PGStatement.class).setPrepareThreshold(1);
			try (ResultSet resultSet = statement.executeQuery()) {
				assertThat(resultSet.next()).isTrue();
			}
		}
	}

}
