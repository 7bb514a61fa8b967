package dev.scaling.starter.insight;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import dev.scaling.insight.NodeObservations;
import dev.scaling.insight.SlowQueryLog;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.StatementListener;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the log of slow and failed statements.
 */
@ExtendWith(OutputCaptureExtension.class)
class SlowQueryTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private static ClusterApplication application;

	@BeforeAll
	static void start() {
		application = ClusterApplication.start(Application.class, cluster.cluster(), "scaling.consistency.mode=none",
				"scaling.insight.slow-query.threshold=100ms");
		application.write("CREATE TABLE report (id int PRIMARY KEY, name text)");
		application.write("INSERT INTO report SELECT i, 'name ' || i FROM generate_series(1, 10) i");
		cluster.cluster().awaitReplication();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void slowQueryIsLoggedWithNodeTimeRowsMethodAndSql(CapturedOutput output) {
		double before = meter("scaling.queries.slow", "replica-1");
		assertThat(application.bean(Reports.class).read(7)).hasSize(7);
		assertThat(line(output, "read"))
			.containsPattern(
					"Slow statement on replica-1: \\d{3,} ms, 7 rows, in " + Pattern.quote(Reports.class.getName())
							+ "\\.read: SELECT id, 'read' FROM report, pg_sleep\\(0\\.1\\) WHERE id <= \\?$")
			.contains(" WARN ");
		assertThat(meter("scaling.queries.slow", "replica-1")).isEqualTo(before + 1);
	}

	@Test
	void slowUpdateIsLoggedWithTheRowsThatItHasChanged(CapturedOutput output) {
		application.bean(Reports.class).update("%updated%");
		assertThat(line(output, "%updated%")).contains("Slow statement on primary: ", " ms, 10 rows, in "
				+ Reports.class.getName() + ".update: UPDATE report SET name = name WHERE name <> '%updated%' AND");
	}

	@Test
	void slowStatementsInOneBatchAreLoggedOnce(CapturedOutput output) throws Exception {
		try (Connection connection = application.dataSource().getConnection();
				PreparedStatement statement = connection
					.prepareStatement("UPDATE report SET name = 'batch' FROM pg_sleep(0.1) WHERE id = ?")) {
			for (int id : new int[] { 3, 4 }) {
				statement.setInt(1, id);
				statement.addBatch();
			}
			statement.executeBatch();
		}
		assertThat(line(output, "'batch'")).contains(
				" ms, 2 rows, in " + SlowQueryTests.class.getName() + ".slowStatementsInOneBatchAreLoggedOnce: UPDATE");
	}

	@Test
	void methodOfTheApplicationIsNamedWhereThereIsNoTransaction(CapturedOutput output) {
		application.jdbc().execute("SELECT 'none' FROM pg_sleep(0.1)");
		assertThat(line(output, "'none'")).contains(
				", in " + SlowQueryTests.class.getName() + ".methodOfTheApplicationIsNamedWhereThereIsNoTransaction: ");
	}

	@Test
	void resultThatIsClosedWithItsStatementOrItsConnectionHasNoNumberOfRows(CapturedOutput output) throws Exception {
		try (Connection connection = application.dataSource().getConnection()) {
			try (Statement statement = connection.createStatement()) {
				statement.executeQuery("SELECT 'statement' FROM pg_sleep(0.1)");
			}
			Statement open = connection.createStatement();
			open.execute("SELECT 'connection' FROM pg_sleep(0.1)");
			assertThat(lines(output, "'connection'")).isEmpty();
		}
		assertThat(line(output, "'statement'")).containsPattern("\\d+ ms, in ");
		assertThat(line(output, "'connection'")).containsPattern("\\d+ ms, in ");
	}

	@Test
	void resultThatIsReadAfterwardsHasItsRows(CapturedOutput output) throws Exception {
		try (Connection connection = application.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			assertThat(statement.execute("SELECT 'afterwards', i FROM generate_series(1, 3) i, pg_sleep(0.1)"))
				.isTrue();
			try (ResultSet result = statement.getResultSet()) {
				result.next();
				result.next();
			}
		}
		assertThat(line(output, "'afterwards'")).contains(" ms, 2 rows, in ");
	}

	@Test
	void sameStatementIsLoggedOnceInAWhile(CapturedOutput output) {
		for (int i = 0; i < 3; i++) {
			application.jdbc().execute("SELECT\n\t'again'   FROM pg_sleep(0.1)");
		}
		assertThat(line(output, "SELECT 'again' FROM pg_sleep(0.1)")).contains("Slow statement");
	}

	@Test
	void longSqlIsCut(CapturedOutput output) {
		application.jdbc().execute("SELECT 'long" + "x".repeat(100_000) + "' FROM pg_sleep(0.1)");
		assertThat(line(output, "'longxxx")).endsWith("xxx...").hasSizeBetween(2000, 2500);
	}

	@Test
	void failedStatementIsLoggedWithItsStateAndWithoutValues(CapturedOutput output) {
		double before = meter("scaling.queries.failed", "primary");
		Reports reports = application.bean(Reports.class);
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> reports.cast("secret"));
		assertThat(line(output, "CAST(? AS int)"))
			.containsPattern("Failed statement on primary: SQLSTATE 22P02 after \\d+ ms, in "
					+ Pattern.quote(Reports.class.getName()) + "\\.cast")
			.contains(" WARN ")
			.doesNotContain("secret");
		assertThat(meter("scaling.queries.failed", "primary")).isEqualTo(before + 1);
	}

	@Test
	void violatedConstraintIsNoWarning(CapturedOutput output) {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> application.jdbc().update("INSERT INTO report (id) VALUES (?)", 1));
		assertThat(line(output, "INSERT INTO report (id) VALUES (?)")).contains("SQLSTATE 23505", " INFO ");
	}

	@Test
	void quickStatementIsNotLogged(CapturedOutput output) {
		application.jdbc().execute("SELECT 'quick'");
		assertThat(lines(output, "'quick'")).isEmpty();
	}

	@Test
	void parametersAreShownOnRequest(CapturedOutput output) {
		try (ClusterApplication shown = ClusterApplication.start(Application.class, cluster.cluster(),
				"scaling.insight.slow-query.threshold=0", "scaling.insight.slow-query.parameters=true")) {
			shown.jdbc().queryForList("SELECT 'shown' WHERE 'value' = ?", "value");
			assertThat(line(output, "'shown'")).containsPattern("SELECT 'shown' WHERE 'value' = \\('value'\\)$");
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> shown.bean(Reports.class).cast("asked"));
			assertThat(line(output, "('asked')")).contains("CAST(('asked') AS int)",
					"invalid input syntax for type integer: \"asked\"");
		}
	}

	@Test
	void nothingListensWhenItIsOff(CapturedOutput output) {
		try (ClusterApplication off = ClusterApplication.start(Application.class, cluster.cluster(),
				"scaling.insight.slow-query.enabled=false", "scaling.insight.repeated-queries.enabled=false",
				"scaling.insight.slow-query.threshold=0")) {
			// that of datasource-micrometer, which is on the class path of the tests
			assertThat(off.bean(Beans.class).listeners()).hasOnlyElementsOfType(NodeObservations.class);
			off.jdbc().execute("SELECT 'off'");
			assertThat(lines(output, "'off'")).isEmpty();
			assertThat(off.bean(MeterRegistry.class).find("scaling.queries.slow").functionCounter()).isNull();
		}
	}

	private static double meter(String name, String node) {
		FunctionCounter counter = application.bean(MeterRegistry.class).get(name).tag("node", node).functionCounter();
		assertThat(counter.count())
			.isEqualTo(name.endsWith("slow") ? log().slow(pool(node).node()) : log().failed(pool(node).node()));
		return counter.count();
	}

	private static SlowQueryLog log() {
		return application.bean(SlowQueryLog.class);
	}

	private static NodePool pool(String node) {
		return application.topology().pool(node).orElseThrow();
	}

	private static String line(CapturedOutput output, String sql) {
		List<String> lines = lines(output, sql);
		assertThat(lines).hasSize(1);
		return lines.get(0);
	}

	private static List<String> lines(CapturedOutput output, String sql) {
		return output.getOut().lines().filter((line) -> line.contains("SlowQueryLog") && line.contains(sql)).toList();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import(Reports.class)
	static class Application {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Beans beans(ObjectProvider<StatementListener> listeners) {
			return new Beans(listeners.stream().toList());
		}

	}

	record Beans(List<StatementListener> listeners) {

	}

	static class Reports {

		private final JdbcTemplate jdbc;

		Reports(DataSource dataSource) {
			this.jdbc = new JdbcTemplate(dataSource);
		}

		@Transactional(readOnly = true)
		List<Integer> read(int last) {
			return this.jdbc.query("SELECT id, 'read'\nFROM report, pg_sleep(0.1)\nWHERE id <= ?",
					(row, number) -> row.getInt(1), last);
		}

		@Transactional
		void update(String name) {
			this.jdbc.update(
					"UPDATE report SET name = name WHERE name <> '" + name + "' AND (SELECT true FROM pg_sleep(0.1))");
		}

		@Transactional
		void cast(String value) {
			this.jdbc.queryForObject("SELECT CAST(? AS int)", Integer.class, value);
		}

	}

}
