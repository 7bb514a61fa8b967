package dev.scaling.starter.routing;

import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import dev.scaling.ConsistencyLevel;
import dev.scaling.LightweightRead;
import dev.scaling.ReadConsistency;
import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LightweightRead}. The time of a transaction stands still, that of
 * statements in auto-commit mode does not.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigurePostgresCluster(replicas = 2)
@TestPropertySource(properties = "spring.application.name=lightweight-reads")
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
class LightweightReadTests {

	private static final String TIME = "SELECT extract(epoch FROM now())::numeric::text";

	@Autowired
	private Reports reports;

	@Autowired
	private JdbcTemplate jdbc;

	@Autowired
	private RoutingDataSource dataSource;

	@Autowired
	private PostgresCluster cluster;

	@BeforeEach
	void awaitReplicas() {
		this.cluster.awaitReplication();
		await().atMost(Duration.ofSeconds(20)).until(() -> isPrimary(this.cluster.primary()) && areAllUp());
	}

	private boolean isPrimary(PostgresNode node) {
		return this.dataSource.topology()
			.primary()
			.map((pool) -> pool.node().url())
			.filter((url) -> url.contains(":" + node.port() + "/"))
			.isPresent();
	}

	private boolean areAllUp() {
		return this.dataSource.topology()
			.current()
			.nodes()
			.stream()
			.allMatch((status) -> status.state() == NodeState.UP);
	}

	@Test
	void replicaExecutesStatementsWithoutTransaction() {
		assertThat(fresh(() -> this.reports.lightweight(this::times))).doesNotHaveDuplicates();
	}

	@Test
	void otherMethodsKeepTheirTransaction() {
		assertTransaction(fresh(() -> this.reports.ordinary(this::times)));
	}

	@Test
	void readWriteMethodsKeepTheirTransaction() {
		assertTransaction(fresh(() -> this.reports.readWrite(this::times)));
	}

	@Test
	void methodThatJoinsRunsAsItsTransactionDoes() {
		assertTransaction(fresh(() -> this.reports.ordinary(() -> this.reports.lightweight(this::times))));
		assertThat(fresh(() -> this.reports.lightweight(() -> this.reports.ordinary(this::times))))
			.doesNotHaveDuplicates();
		assertTransaction(fresh(() -> this.reports.lightweight(() -> this.reports.independent(this::times))));
	}

	@Test
	void wholeMethodStaysOnItsNodeAndConnection() {
		String process = "SELECT inet_server_port() || ' ' || pg_backend_pid()";
		List<String> processes = fresh(
				() -> this.reports.lightweight(() -> List.of(query(process), query(process), query(process))));
		assertThat(processes).containsOnly(processes.get(0));
	}

	@Test
	void primaryHasTransaction() {
		assertTransaction(fresh(() -> this.reports.strong(this::times)));
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.reports.strong(() -> this.jdbc.update("CREATE TABLE forbidden (id int)")))
			.withCauseInstanceOf(ReadOnlyTransactionException.class);
	}

	@Test
	void otherIsolationHasTransaction() {
		assertTransaction(fresh(() -> this.reports.repeatable(this::times)));
	}

	@Test
	void nothingCanBeWritten() {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> fresh(() -> this.reports.lightweight(() -> this.jdbc.update("DELETE FROM nothing"))))
			.withCauseInstanceOf(SQLException.class);
		assertThat(fresh(() -> this.reports.lightweight(() -> query("SHOW default_transaction_read_only"))))
			.isEqualTo("on");
	}

	@Test
	void methodWhoseReplicaIsPromotedMeanwhileCannotWrite() {
		this.jdbc.execute("CREATE TABLE IF NOT EXISTS kept (id int)");
		this.cluster.awaitReplication();
		try {
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> fresh(() -> this.reports.lightweight(() -> {
					int port = this.jdbc.queryForObject("SELECT inet_server_port()", Integer.class);
					PostgresNode replica = this.cluster.replicas()
						.stream()
						.filter((node) -> node.port() == port)
						.findFirst()
						.orElseThrow();
					this.cluster.primary().kill();
					replica.promote();
					await().pollInSameThread().until(() -> query("SELECT pg_is_in_recovery()").equals("f"));
					return this.jdbc.update("INSERT INTO kept VALUES (1)");
				})))
				.withMessageContaining("read-only");
		}
		finally {
			this.cluster.repair();
			newConnections();
		}
	}

	@Test
	void sessionReadsWhatItHasWritten() {
		this.jdbc.execute("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, note text)");
		ConsistencySession.open().run(() -> {
			for (int i = 0; i < 20; i++) {
				String note = "note " + i;
				this.jdbc.update("INSERT INTO notes (note) VALUES (?)", note);
				assertThat(this.reports.lightweight(() -> query("SELECT note FROM notes ORDER BY id DESC LIMIT 1")))
					.isEqualTo(note);
			}
		});
	}

	@Test
	void fetchSizeHasTransaction() {
		assertTransaction(fresh(() -> this.reports
			.lightweight(() -> this.jdbc.execute((ConnectionCallback<List<String>>) (connection) -> {
				try (Statement statement = connection.createStatement()) {
					statement.setFetchSize(10);
					return List.of(query(statement, TIME), query(statement, TIME));
				}
			}))));
	}

	@Test
	void rowsArriveInPortions() {
		this.jdbc.setFetchSize(10);
		try {
			assertThat(fresh(() -> this.reports.lightweight(
					() -> this.jdbc.query("SELECT i, (SELECT count(*) FROM pg_cursors) FROM generate_series(1, 100) i",
							(row, number) -> row.getInt(1)))))
				.hasSize(100);
		}
		finally {
			this.jdbc.setFetchSize(-1);
		}
	}

	@Test
	void savepointHasTransaction() {
		assertTransaction(fresh(() -> this.reports.lightweight(() -> {
			this.jdbc.execute((ConnectionCallback<Savepoint>) Connection::setSavepoint);
			return times();
		})));
	}

	@Test
	void settingsOfTheTransactionHoldInIt() {
		assertThat(fresh(() -> this.reports.lightweight(() -> {
			query("SELECT set_config('app.tenant', 'acme', true)");
			return query("SELECT current_setting('app.tenant')");
		}))).isEqualTo("acme");
		assertThat(fresh(() -> this.reports.lightweight(() -> {
			query("SELECT 1");
			this.jdbc.execute("SET LOCAL work_mem = '123kB'");
			return query("SHOW work_mem");
		}))).isEqualTo("123kB");
		assertThat(fresh(() -> this.reports.lightweight(() -> query("SHOW work_mem")))).isNotEqualTo("123kB");
	}

	@Test
	void largeObjectsCanBeRead() {
		this.jdbc.execute("CREATE TABLE IF NOT EXISTS pictures (id int, picture oid)");
		this.jdbc.update("INSERT INTO pictures VALUES (1, lo_from_bytea(0, convert_to('a picture', 'UTF8')))");
		this.cluster.awaitReplication();
		String picture = fresh(() -> this.reports.lightweight(() -> this.jdbc
			.queryForObject("SELECT picture FROM pictures", (row, number) -> content(row.getBlob(1)))));
		assertThat(picture).isEqualTo("a picture");
	}

	private static String content(Blob blob) throws SQLException {
		return new String(blob.getBytes(1, (int) blob.length()), StandardCharsets.UTF_8);
	}

	@Test
	void cursorsOfFunctionsCanBeRead() {
		this.jdbc.execute("""
				CREATE OR REPLACE FUNCTION numbers() RETURNS refcursor LANGUAGE plpgsql AS $$
				DECLARE result refcursor;
				BEGIN OPEN result FOR SELECT 42; RETURN result; END $$""");
		this.cluster.awaitReplication();
		assertThat(fresh(
				() -> this.reports.lightweight(() -> this.jdbc.execute((ConnectionCallback<Integer>) (connection) -> {
					try (CallableStatement call = connection.prepareCall("{? = call numbers()}")) {
						call.registerOutParameter(1, Types.REF_CURSOR);
						call.execute();
						try (ResultSet numbers = (ResultSet) call.getObject(1)) {
							numbers.next();
							return numbers.getInt(1);
						}
					}
				}))))
			.isEqualTo(42);
	}

	@Test
	void unwrappedConnectionHasTransaction() {
		assertTransaction(fresh(() -> this.reports
			.lightweight(() -> this.jdbc.execute((ConnectionCallback<List<String>>) (connection) -> {
				connection.unwrap(PGConnection.class);
				return times();
			}))));
	}

	@Test
	void defaultIsolationOfTheRoleIsRespected(CapturedOutput output) {
		String role = query("SELECT quote_ident(current_user)");
		this.jdbc.execute("ALTER ROLE " + role + " SET default_transaction_isolation = 'repeatable read'");
		try {
			this.cluster.awaitReplication();
			newConnections();
			await().untilAsserted(() -> assertTransaction(fresh(() -> this.reports.lightweight(this::times))));
			assertThat(output).contains("use transactions, because default_transaction_isolation is 'repeatable read'");
		}
		finally {
			this.jdbc.execute("ALTER ROLE " + role + " RESET default_transaction_isolation");
			this.cluster.awaitReplication();
			// a pool may be adding a connection that knows the old setting
			await().untilAsserted(() -> {
				newConnections();
				for (int i = 0; i < 10; i++) {
					replicaExecutesStatementsWithoutTransaction();
				}
			});
		}
	}

	/**
	 * The pools make new connections.
	 */
	private void newConnections() {
		this.dataSource.topology().pools().forEach(this.dataSource.topology()::undrain);
	}

	private static void assertTransaction(List<String> times) {
		assertThat(times).hasSizeGreaterThan(1).containsOnly(times.get(0));
	}

	private static <T> T fresh(Supplier<T> work) {
		return ConsistencySession.open().call(work::get);
	}

	private List<String> times() {
		return List.of(query(TIME), query(TIME));
	}

	private String query(String sql) {
		return this.jdbc.queryForObject(sql, String.class);
	}

	private static String query(Statement statement, String sql) throws SQLException {
		try (ResultSet resultSet = statement.executeQuery(sql)) {
			resultSet.next();
			return resultSet.getString(1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Reports.class)
	static class Application {

	}

	/**
	 * The service of an application.
	 */
	static class Reports {

		@LightweightRead
		@Transactional(readOnly = true)
		<T> T lightweight(Supplier<T> work) {
			return work.get();
		}

		@Transactional(readOnly = true)
		<T> T ordinary(Supplier<T> work) {
			return work.get();
		}

		@Transactional(readOnly = true, propagation = Propagation.REQUIRES_NEW)
		<T> T independent(Supplier<T> work) {
			return work.get();
		}

		@LightweightRead
		@Transactional
		<T> T readWrite(Supplier<T> work) {
			return work.get();
		}

		@LightweightRead
		@Transactional(readOnly = true)
		@ReadConsistency(ConsistencyLevel.STRONG)
		<T> T strong(Supplier<T> work) {
			return work.get();
		}

		@LightweightRead
		@Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
		<T> T repeatable(Supplier<T> work) {
			return work.get();
		}

	}

}
