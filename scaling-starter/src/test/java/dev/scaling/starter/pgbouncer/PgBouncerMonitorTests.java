package dev.scaling.starter.pgbouncer;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.scaling.actuate.endpoint.ScalingPgBouncerEndpoint;
import dev.scaling.health.PgBouncerHealthIndicator;
import dev.scaling.metrics.PgBouncerMeters;
import dev.scaling.pool.pgbouncer.PgBouncerFinding;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.pool.pgbouncer.PgBouncerStatus;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.test.PgBouncer;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for what PgBouncer says of itself, and for the configuration that is written for
 * it.
 */
@ExtendWith(OutputCaptureExtension.class)
class PgBouncerMonitorTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private static PgBouncer pgbouncer;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
		pgbouncer = PgBouncer.builder()
			.nodes(cluster.cluster().nodes())
			.set("default_pool_size", "2")
			.set("stats_period", "1")
			.start();
		application = run(pgbouncer, PgBouncer.STATS);
		new JdbcTemplate(cluster.cluster().primary().dataSource()).execute("CREATE TABLE pooled (id int)");
	}

	@AfterAll
	static void stop() {
		if (application != null) {
			application.close();
		}
		if (pgbouncer != null) {
			pgbouncer.close();
		}
	}

	@Test
	void waitingClientsAreReportedWithTheNumbersAndTheCure(CapturedOutput output) throws Exception {
		assertThat(monitor().findings()).isEmpty();
		CountDownLatch end = new CountDownLatch(1);
		CompletableFuture<?>[] work = new CompletableFuture<?>[5];
		for (int i = 0; i < work.length; i++) {
			work[i] = CompletableFuture.runAsync(() -> hold(end));
		}
		try {
			await().atMost(Duration.ofSeconds(20))
				.until(() -> meter(PgBouncerMeters.CLIENTS_WAITING, "user", "postgres") == 3
						&& !monitor().findings().isEmpty());
			PgBouncerFinding finding = monitor().findings().get(0);
			assertThat(finding.id()).isEqualTo("clients-waiting");
			assertThat(finding.summary()).contains("3 of primary/postgres for up to ", "with 2 connections active",
					"(pool_size 2)");
			assertThat(finding.action()).contains("default_pool_size");
			assertThat(monitor().waiting()).isPositive();
			Health health = application.getBean(PgBouncerHealthIndicator.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsEntry("waitingClients", 3L)
				.containsEntry("degraded", true)
				.containsKey("findings");
			assertThat(meter(PgBouncerMeters.CLIENTS_WAITING, "user", "postgres")).isEqualTo(3);
			assertThat(meter(PgBouncerMeters.SERVERS_ACTIVE, "user", "postgres")).isEqualTo(2);
			await()
				.untilAsserted(() -> assertThat(output).contains("Clients wait for server connections of PgBouncer"));
		}
		finally {
			end.countDown();
		}
		CompletableFuture.allOf(work).handle((done, failure) -> null).get(20, TimeUnit.SECONDS);
		await().atMost(Duration.ofSeconds(20)).until(() -> monitor().findings().isEmpty());
		await().untilAsserted(() -> assertThat(output).contains("No client waits for a server connection"));
		assertThat(monitor().waiting()).isZero();
	}

	private static void hold(CountDownLatch end) {
		new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> {
				application.getBean(JdbcTemplate.class).execute("INSERT INTO pooled VALUES (1)");
				try {
					end.await(30, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
	}

	@Test
	void eachMeterIsWhatTheConsoleSays() {
		application.getBean(JdbcTemplate.class).execute("INSERT INTO pooled VALUES (2)");
		Map<PgBouncerMeters, String> columns = new LinkedHashMap<>();
		columns.put(PgBouncerMeters.CLIENTS_ACTIVE, "cl_active");
		columns.put(PgBouncerMeters.CLIENTS_WAITING, "cl_waiting");
		columns.put(PgBouncerMeters.SERVERS_ACTIVE, "sv_active");
		columns.put(PgBouncerMeters.SERVERS_IDLE, "sv_idle");
		columns.put(PgBouncerMeters.MAXWAIT, "maxwait");
		columns.forEach((meter, column) -> await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(meter(meter, "user", "postgres")).as(column)
				.isEqualTo(console("SHOW POOLS", "database", column, 1))));
		Map<PgBouncerMeters, String> times = new LinkedHashMap<>();
		times.put(PgBouncerMeters.TRANSACTIONS, "total_xact_count");
		times.put(PgBouncerMeters.QUERIES, "total_query_count");
		times.put(PgBouncerMeters.TRANSACTION_TIME, "avg_xact_time");
		times.put(PgBouncerMeters.QUERY_TIME, "avg_query_time");
		times.put(PgBouncerMeters.WAIT_TIME, "avg_wait_time");
		times.forEach((meter, column) -> await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(meter(meter, "database", "primary")).as(column)
				.isEqualTo(console("SHOW STATS", "database", column, column.startsWith("avg") ? 1e6 : 1))));
		assertThat(application.getBean(MeterRegistry.class).get("scaling.pgbouncer.up").gauge().value()).isOne();
		PgBouncerStatus status = monitor().status().orElseThrow();
		assertThat(status.version()).startsWith("1.");
		assertThat(status.preparedStatements()).hasValue(status.configuration().containsKey("max_prepared_statements"));
		assertThat(status.databases()).extracting(PgBouncerStatus.Database::name)
			.containsExactlyInAnyOrder("primary", "replica-1");
		assertThat(status.servers().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(status.pools()
			.stream()
			.mapToLong((pool) -> pool.serversActive() + pool.serversIdle() + pool.serversUsed())
			.sum());
		assertThat(status.configuration()).containsEntry("default_pool_size", "2").doesNotContainKey("auth_file");
	}

	@Test
	void consoleThatIsGoneIsReportedAndTakenBack(CapturedOutput output) {
		try (PgBouncer other = PgBouncer.builder().nodes(cluster.cluster().nodes()).start();
				ConfigurableApplicationContext context = run(other, PgBouncer.ADMIN)) {
			PgBouncerMonitor monitor = context.getBean(PgBouncerMonitor.class);
			await().atMost(Duration.ofSeconds(20)).until(() -> monitor.status().isPresent());
			other.freeze();
			await().atMost(Duration.ofSeconds(20)).until(() -> monitor.failure() != null);
			assertThat(monitor.status()).isEmpty();
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			await().until(() -> meters.find(PgBouncerMeters.CLIENTS_ACTIVE.getName()).gauges().isEmpty());
			assertThat(meters.get(PgBouncerMeters.UP.getName()).gauge().value()).isZero();
			assertThat(monitor.findings()).singleElement()
				.matches((finding) -> finding.id().equals("console-unreachable"));
			assertThat(context.getBean(PgBouncerHealthIndicator.class).health().getStatus()).isEqualTo(Status.UNKNOWN);
			other.resume();
			await().atMost(Duration.ofSeconds(20)).until(() -> monitor.status().isPresent());
			assertThat(monitor.findings()).isEmpty();
		}
		assertThat(output).contains("The console of PgBouncer cannot be asked (")
			.contains("The console of PgBouncer answers again");
	}

	@Test
	void userWithoutRightsIsNamedAsTheReason(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run(pgbouncer, "postgres")) {
			PgBouncerMonitor monitor = context.getBean(PgBouncerMonitor.class);
			await().atMost(Duration.ofSeconds(20)).until(() -> monitor.failure() != null);
			assertThat(monitor.failure()).contains("does not let the user in", "stats_users");
		}
		assertThat(output).contains("check 'scaling.pgbouncer.admin'");
	}

	@Test
	void wrongSettingsEndTheStart() {
		assertThatException().isThrownBy(() -> run(pgbouncer, PgBouncer.STATS, "scaling.pgbouncer.admin.url=http://x"))
			.withStackTraceContaining("scaling.pgbouncer.admin.url");
		assertThatException().isThrownBy(() -> run(pgbouncer, PgBouncer.STATS, "scaling.pgbouncer.admin.interval=0s"))
			.withStackTraceContaining("scaling.pgbouncer.admin.interval");
	}

	/**
	 * The file is written for the servers, PgBouncer starts with it, and the application
	 * works through it with passwords.
	 */
	@Test
	void applicationWorksThroughThePgBouncerOfTheGeneratedFile() throws SQLException {
		String ini;
		try (ConfigurableApplicationContext direct = Applications.run(Application.class,
				Map.of("scaling.primary.url", cluster.cluster().primary().jdbcUrl(), "scaling.primary.username",
						"postgres", "scaling.replicas.replica-1.url", cluster.cluster().replica(1).jdbcUrl()),
				"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=scalingpgbouncer")) {
			ScalingPgBouncerEndpoint endpoint = direct.getBean(ScalingPgBouncerEndpoint.class);
			assertThat(endpoint.pgbouncer().configured()).isFalse();
			assertThat(endpoint.file("other")).isNull();
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(endpoint.file("ini")).contains("the server of primary has"));
			ini = endpoint.file("ini");
		}
		assertThat(ini).contains("primary = host=127.0.0.1 port=" + cluster.cluster().primary().port() + " dbname=")
			.contains("replica-1 = host=127.0.0.1")
			.contains("; the server of primary has 95 connections for this application, not 100",
					"pool_size=50 reserve_pool=10 max_db_connections=95")
			.contains("pool_mode = transaction", "max_client_conn = 2000", "default_pool_size = 50",
					"min_pool_size = 10", "reserve_pool_size = 10", "reserve_pool_timeout = 5",
					"max_db_connections = 100", "server_idle_timeout = 600", "client_idle_timeout = 0",
					"server_connect_timeout = 15", "query_timeout = 0", "query_wait_timeout = 120",
					"server_reset_query = DISCARD ALL", "server_check_delay = 30", "server_check_query = SELECT 1",
					"log_connections = 0", "log_disconnections = 0", "log_pooler_errors = 1", "stats_period = 60",
					"auth_type = scram-sha-256", "auth_file = ", "listen_port = 6432");
		try (PgBouncer generated = PgBouncer.builder()
			.configuration(ini)
			.user("postgres", "s3cr3t-word")
			.user(PgBouncer.STATS, "s3cr3t-word")
			.start()) {
			assertThatException().isThrownBy(() -> DriverManager
				.getConnection(generated.jdbcUrl(cluster.cluster().primary()), "postgres", "no"));
			try (ConfigurableApplicationContext context = run(generated, PgBouncer.STATS,
					"scaling.primary.password=s3cr3t-word", "scaling.pgbouncer.admin.password=s3cr3t-word",
					"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=scalingpgbouncer")) {
				JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
				jdbc.execute("INSERT INTO pooled VALUES (3)");
				assertThat(jdbc.queryForObject("SELECT count(*) FROM pooled WHERE id = 3", Integer.class)).isOne();
				ScalingPgBouncerEndpoint endpoint = context.getBean(ScalingPgBouncerEndpoint.class);
				await().atMost(Duration.ofSeconds(20)).until(() -> endpoint.pgbouncer().status() != null);
				assertThat(endpoint.file("ini")).contains("leads through a pooler already");
				assertThat(endpoint.toString() + endpoint.pgbouncer() + endpoint.file("ini"))
					.doesNotContain("s3cr3t-word");
			}
		}
	}

	private static PgBouncerMonitor monitor() {
		return application.getBean(PgBouncerMonitor.class);
	}

	private static double meter(PgBouncerMeters meter, String tag, String value) {
		var search = application.getBean(MeterRegistry.class)
			.get(meter.getName())
			.tag("database", "primary")
			.tag(tag, value);
		return (meter.getType() == Meter.Type.COUNTER) ? search.functionCounter().count() : search.gauge().value();
	}

	private static double console(String sql, String key, String column, double unit) throws SQLException {
		try (Connection connection = pgbouncer.admin().getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			while (result.next()) {
				if (result.getString(key).equals("primary")) {
					return result.getDouble(column) / unit;
				}
			}
		}
		throw new IllegalStateException("There is no such row");
	}

	private static ConfigurableApplicationContext run(PgBouncer pgbouncer, String admin, String... properties) {
		Map<String, Object> nodes = new LinkedHashMap<>();
		nodes.put("scaling.primary.url", pgbouncer.jdbcUrl(cluster.cluster().primary()));
		nodes.put("scaling.primary.username", "postgres");
		nodes.put("scaling.replicas.replica-1.url", pgbouncer.jdbcUrl(cluster.cluster().replica(1)));
		nodes.put("scaling.primary.monitor-url", cluster.cluster().primary().jdbcUrl());
		nodes.put("scaling.replicas.replica-1.monitor-url", cluster.cluster().replica(1).jdbcUrl());
		nodes.put("scaling.pgbouncer.mode", "transaction");
		nodes.put("scaling.pgbouncer.admin.url", pgbouncer.adminJdbcUrl());
		nodes.put("scaling.pgbouncer.admin.username", admin);
		nodes.put("scaling.pgbouncer.admin.interval", "100ms");
		nodes.put("scaling.pgbouncer.admin.waiting-threshold", "300ms");
		for (String property : properties) {
			nodes.put(property.substring(0, property.indexOf('=')), property.substring(property.indexOf('=') + 1));
		}
		return Applications.run(Application.class, nodes);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
