package dev.scaling.starter.pgbouncer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.actuate.endpoint.ScalingBudgetEndpoint;
import dev.scaling.actuate.endpoint.ScalingBudgetEndpoint.BudgetDescriptor;
import dev.scaling.actuate.endpoint.ScalingBudgetEndpoint.PoolerBudgetDescriptor;
import dev.scaling.actuate.endpoint.ScalingPgBouncerEndpoint;
import dev.scaling.metrics.ScalingMeters;
import dev.scaling.pool.BudgetVerdict;
import dev.scaling.pool.ConnectionBudget;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.test.PgBouncer;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for the connection budget of a PgBouncer and of the servers behind it.
 */
@ExtendWith(OutputCaptureExtension.class)
class PgBouncerBudgetTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private static final Duration LONG = Duration.ofSeconds(20);

	@BeforeAll
	static void check() {
		assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
	}

	@Test
	void nodesBehindOnePgBouncerShareItsClients(CapturedOutput output) {
		try (PgBouncer pgbouncer = start(Map.of("max_client_conn", "200", "default_pool_size", "20"));
				ConfigurableApplicationContext context = run(pgbouncer, PgBouncer.STATS, "scaling.instances=12")) {
			PoolerBudgetDescriptor budget = poolerOf(context);
			assertThat(budget.arithmetic()).isEqualTo("12 instances x (10 + 10 + 3) = 276 > 200 usable"
					+ " by 'max_client_conn' of PgBouncer on primary, replica-1");
			assertThat(budget.verdict()).isEqualTo("exceeded");
			assertThat(budget.maxClients()).isEqualTo(200);
			assertThat(budget.clients()).isPositive();
			assertThat(budget.reason()).isNull();
			assertThat(output).contains("Connection budget: 12 instances x (10 + 10 + 3) = 276 > 200",
					"Set 'scaling.pool.maximum-pool-size' to 6 at most, or 'scaling.budget.mode' to 'fit', or"
							+ " raise 'max_client_conn' of PgBouncer");
			assertThat(descriptor(context).servers())
				.extracting(ScalingBudgetEndpoint.ServerBudgetDescriptor::arithmetic)
				.containsExactlyInAnyOrder("PgBouncer (20) = 20 <= 97 usable on primary",
						"PgBouncer (20) = 20 <= 97 usable on replica-1");
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meter(meters, ScalingMeters.BUDGET_USABLE)).isEqualTo(200);
			assertThat(meter(meters, ScalingMeters.BUDGET_DEMAND)).isEqualTo(276);
			assertThat(meter(meters, ScalingMeters.BUDGET_INSTANCES)).isEqualTo(12);
			assertThat(meter(meters, ScalingMeters.BUDGET_CONNECTIONS)).isPositive();
			assertThat(context.getBean(ScalingPgBouncerEndpoint.class).file("ini"))
				.contains("the server of primary has 97 connections", "max_db_connections=97");
		}
	}

	@Test
	void whatGoesPastPgBouncerCountsOnTheServer() {
		try (PgBouncer pgbouncer = start(Map.of("max_client_conn", "200", "default_pool_size", "20",
				"reserve_pool_size", "5", "max_db_connections", "22"));
				ConfigurableApplicationContext context = run(pgbouncer, PgBouncer.STATS, "scaling.instances=12",
						"scaling.primary.monitor-url=" + cluster.cluster().primary().jdbcUrl())) {
			assertThat(poolerOf(context).arithmetic()).startsWith("12 instances x (10 + 10 + 2) = 264 > 200 usable");
			assertThat(descriptor(context).servers())
				.extracting(ScalingBudgetEndpoint.ServerBudgetDescriptor::arithmetic)
				.containsExactlyInAnyOrder("PgBouncer (22) + 12 instances x (1) = 34 <= 97 usable on primary",
						"PgBouncer (22) = 22 <= 97 usable on replica-1");
		}
	}

	@Test
	void poolsFitIntoPgBouncerAndFollowIt() throws Exception {
		try (PgBouncer pgbouncer = start(Map.of("max_client_conn", "40", "default_pool_size", "20"));
				ConfigurableApplicationContext context = run(pgbouncer, PgBouncer.STATS, "scaling.instances=3",
						"scaling.budget.mode=fit")) {
			assertThat(poolSizes(context)).containsExactly(4, 3);
			assertThat(pooler(context)).extracting(ConnectionBudget::verdict, ConnectionBudget::arithmetic)
				.containsExactly(BudgetVerdict.FITTED,
						"3 instances x (4 + 3 + 3) = 30 <= 40 usable by 'max_client_conn' of PgBouncer on primary, replica-1");
			reload(pgbouncer, "max_client_conn = 40", "max_client_conn = 100");
			await().atMost(LONG).untilAsserted(() -> assertThat(poolSizes(context)).containsExactly(10, 10));
			reload(pgbouncer, "max_client_conn = 100", "max_client_conn = 32");
			await().atMost(LONG).untilAsserted(() -> assertThat(poolSizes(context)).containsExactly(3, 2));
		}
	}

	@Test
	void applicationThatPgBouncerCannotServeDoesNotStart(CapturedOutput output) {
		try (PgBouncer pgbouncer = start(Map.of("max_client_conn", "100"))) {
			assertThatException().isThrownBy(
					() -> run(pgbouncer, PgBouncer.STATS, "scaling.instances=12", "scaling.budget.mode=fail").close());
			assertThat(output).contains("APPLICATION FAILED TO START", "than PgBouncer accepts",
					"12 instances x (10 + 10 + 3) = 276 > 100 usable by 'max_client_conn' of PgBouncer",
					"raise 'max_client_conn' of PgBouncer");
		}
	}

	@Test
	void poolsOfPgBouncerThatExceedTheServerAreNamed(CapturedOutput output) {
		PostgresNode primary = cluster.cluster().primary();
		String server = " = host=%s port=%d dbname=postgres".formatted(primary.host(), primary.port());
		try (PgBouncer pgbouncer = PgBouncer.builder()
			.configuration("[databases]\nshop" + server + "\nreports" + server + " pool_size=60\nother" + server
					+ "\n[pgbouncer]\nauth_type=trust\nstats_users=" + PgBouncer.STATS
					+ "\npool_mode=transaction\nmax_client_conn=1000\ndefault_pool_size=50\n")
			.start();
				ConfigurableApplicationContext context = run(pgbouncer, PgBouncer.STATS, "scaling.instances=3",
						"scaling.budget.mode=fail",
						"scaling.primary.url=" + pgbouncer.adminJdbcUrl().replaceFirst("/pgbouncer$", "/shop"),
						"scaling.replicas.replica-1.url="
								+ pgbouncer.adminJdbcUrl().replaceFirst("/pgbouncer$", "/reports"))) {
			assertThat(poolerOf(context).verdict()).isEqualTo("fits");
			assertThat(descriptor(context).servers()).singleElement().satisfies((budget) -> {
				assertThat(budget.arithmetic())
					.isEqualTo("PgBouncer (50 + 60) = 110 > 97 usable on primary, replica-1");
				assertThat(budget.verdict()).isEqualTo("exceeded");
				assertThat(budget.pooled()).isEqualTo(110);
			});
			assertThat(context.getBean(ScalingPgBouncerEndpoint.class).pgbouncer().findings()).singleElement()
				.matches((finding) -> finding.id().equals("too-many-server-connections")
						&& finding.summary().startsWith("PgBouncer (50 + 60) = 110 > 97"));
			assertThat(output).contains("PgBouncer (50 + 60) = 110 > 97 usable on primary, replica-1."
					+ " Lower 'default_pool_size', 'reserve_pool_size' or the 'pool_size' of databases of PgBouncer,"
					+ " or set its 'max_db_connections' to 48 at most, or raise 'max_connections'");
		}
	}

	@Test
	void whatPgBouncerDoesNotTellIsUnknown(CapturedOutput output) {
		try (PgBouncer pgbouncer = PgBouncer.builder().nodes(cluster.cluster().nodes()).user("nobody").start()) {
			try (ConfigurableApplicationContext context = run(pgbouncer, "nobody", "scaling.instances=12")) {
				PoolerBudgetDescriptor budget = await().atMost(LONG)
					.until(() -> descriptor(context).poolers(),
							(poolers) -> !poolers.isEmpty() && poolers.get(0).reason() != null
									&& poolers.get(0).reason().contains("stats_users"))
					.get(0);
				assertThat(budget.verdict()).isEqualTo("unknown");
				assertThat(budget.nodes()).containsOnlyKeys("primary", "replica-1");
				assertThat(budget.demand()).isNull();
				await().atMost(LONG)
					.untilAsserted(() -> assertThat(output).contains(
							"Connection budget: unknown for primary, replica-1 behind PgBouncer. The console of PgBouncer"
									+ " does not let the user in"));
			}
			try (ConfigurableApplicationContext context = run(pgbouncer, "nobody", "scaling.instances=12",
					"scaling.budget.mode=fit")) {
				assertThat(poolSizes(context)).containsExactly(10, 10);
			}
		}
	}

	private static PgBouncer start(Map<String, String> settings) {
		PgBouncer.Builder builder = PgBouncer.builder().nodes(cluster.cluster().nodes());
		settings.forEach(builder::set);
		return builder.start();
	}

	private static void reload(PgBouncer pgbouncer, String before, String after) throws SQLException, IOException {
		try (Connection connection = pgbouncer.admin().getConnection();
				Statement statement = connection.createStatement()) {
			Path file = null;
			try (ResultSet settings = statement.executeQuery("SHOW CONFIG")) {
				while (settings.next()) {
					if (settings.getString("key").equals("conffile")) {
						file = Path.of(settings.getString("value"));
					}
				}
			}
			assertThat(file).content().contains(before);
			Files.writeString(file, Files.readString(file).replace(before, after));
			statement.execute("RELOAD");
		}
	}

	private static List<Integer> poolSizes(ConfigurableApplicationContext context) {
		return List.of("primaryDataSource", "replica-1DataSource")
			.stream()
			.map((name) -> context.getBean(name, HikariDataSource.class).getMaximumPoolSize())
			.toList();
	}

	private static double meter(MeterRegistry meters, ScalingMeters meter) {
		return meters.get(meter.getName()).tag("node", "primary").gauge().value();
	}

	private static ConnectionBudget pooler(ConfigurableApplicationContext context) {
		return context.getBean(ConnectionBudgets.class)
			.budgets()
			.stream()
			.filter((budget) -> budget.pooler() != null)
			.findFirst()
			.orElseThrow();
	}

	private static BudgetDescriptor descriptor(ConfigurableApplicationContext context) {
		return context.getBean(ScalingBudgetEndpoint.class).budget();
	}

	/**
	 * The budget when all nodes have answered.
	 */
	private static PoolerBudgetDescriptor poolerOf(ConfigurableApplicationContext context) {
		return await().atMost(LONG)
			.until(() -> descriptor(context).poolers(),
					(poolers) -> !poolers.isEmpty() && poolers.get(0).nodes().size() == 2
							&& poolers.get(0).demand() != null)
			.get(0);
	}

	private static ConfigurableApplicationContext run(PgBouncer pgbouncer, String user, String... properties) {
		Map<String, Object> nodes = new LinkedHashMap<>();
		nodes.put("scaling.primary.url", pgbouncer.adminJdbcUrl().replaceFirst("/pgbouncer$", "/primary"));
		nodes.put("scaling.primary.username", "postgres");
		nodes.put("scaling.replicas.replica-1.url", pgbouncer.adminJdbcUrl().replaceFirst("/pgbouncer$", "/replica-1"));
		nodes.put("scaling.pgbouncer.mode", "transaction");
		nodes.put("scaling.pgbouncer.admin.url", pgbouncer.adminJdbcUrl());
		nodes.put("scaling.pgbouncer.admin.username", user);
		nodes.put("scaling.pgbouncer.admin.interval", "200ms");
		nodes.put("scaling.budget.interval", "1s");
		nodes.put("management.endpoints.web.exposure.include", "scalingbudget,scalingpgbouncer");
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
