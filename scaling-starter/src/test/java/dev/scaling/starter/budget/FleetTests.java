package dev.scaling.starter.budget;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.actuate.endpoint.ScalingBudgetEndpoint;
import dev.scaling.pool.BudgetVerdict;
import dev.scaling.pool.ConnectionBudget;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.routing.Clusters;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for several instances of an application that share a server of 60 connections, 57
 * of them for ordinary users.
 */
class FleetTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder()
		.replicas(0)
		.parameter("max_connections", "60")
		.extension();

	private static final int USABLE = 57;

	private static final Duration LIMIT = Duration.ofSeconds(30);

	/**
	 * A row counts for 20 seconds, and a smaller number has to hold for 20 more.
	 */
	private static final Duration FORGOTTEN = Duration.ofSeconds(80);

	private final List<Instance> instances = new ArrayList<>();

	private final AtomicInteger most = new AtomicInteger();

	@BeforeAll
	static void prepareServer() {
		JdbcTemplate jdbc = new JdbcTemplate(cluster.cluster().primary().dataSource());
		jdbc.execute("CREATE ROLE shop LOGIN");
		jdbc.execute("CREATE UNLOGGED TABLE scaling_instance"
				+ " (application text, instance uuid, seen timestamptz, PRIMARY KEY (application, instance))");
		jdbc.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scaling_instance TO shop");
	}

	@AfterEach
	void stopInstances() {
		this.instances.forEach(Instance::close);
	}

	@Test
	void allShrinkWhenAnInstanceJoinsAndGrowBackWhenItIsKilled(@TempDir Path directory) throws Exception {
		SingleConnectionDataSource dataSource = new SingleConnectionDataSource(
				cluster.cluster().primary().dataSource().getConnection(), true);
		JdbcTemplate watch = new JdbcTemplate(dataSource);
		watch.execute("SET application_name = 'watch'");
		for (int i = 1; i <= 3; i++) {
			this.instances.add(Instance.start(arguments("instance-" + i)));
		}
		awaitPools(watch, 13, LIMIT);
		Path log = directory.resolve("instance-4.log");
		Process joined = startProcess(log, arguments("instance-4"));
		try {
			await().atMost(LIMIT)
				.until(() -> watched(watch, 10) && connections(watch, "instance-4") > 1
						&& connections(watch, "instance-4") <= 11);
			for (Instance instance : this.instances) {
				long work = instance.work();
				await().atMost(LIMIT).until(() -> instance.work() > work + 1000);
			}
			assertThat(connections(watch, "instance-4")).isBetween(2, 11);
			assertThat(joined.isAlive()).as(Files.readString(log)).isTrue();
		}
		finally {
			joined.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
		}
		awaitPools(watch, 13, FORGOTTEN);
		assertThat(this.instances).allSatisfy((instance) -> assertThat(instance.failures()).isEmpty());
		assertThat(this.most.get()).isBetween(30, USABLE);
		ScalingBudgetEndpoint.ServerBudgetDescriptor shown = shown(this.instances.get(0));
		assertThat(shown.arithmetic()).isEqualTo("3 instances x (13 + 1) = 42 <= 57 usable on primary");
		assertThat(shown.verdict()).isEqualTo("fitted");
		assertThat(shown.instances().fixed()).isFalse();
		assertThat(shown.nodes()).hasEntrySatisfying("primary", (pool) -> {
			assertThat(pool.configured()).isEqualTo(30);
			assertThat(pool.maximum()).isEqualTo(13);
		});
		dataSource.destroy();
	}

	private static ScalingBudgetEndpoint.ServerBudgetDescriptor shown(Instance instance) {
		ConnectionBudgets budgets = instance.context().getBean(ConnectionBudgets.class);
		assertThat(budgets.budgets()).extracting(ConnectionBudget::verdict).containsExactly(BudgetVerdict.FITTED);
		return new ScalingBudgetEndpoint(instance.context().getBean(Clusters.class), budgets, DataSize.ofMegabytes(10))
			.budget()
			.servers()
			.get(0);
	}

	private static String[] arguments(String name) {
		return Stream
			.of("scaling.primary.url=" + cluster.cluster().primary().jdbcUrl() + separator() + "ApplicationName="
					+ name, "scaling.primary.username=shop", "spring.application.name=fleet", "scaling.budget.mode=fit",
					"scaling.budget.interval=1s", "scaling.pool.maximum-pool-size=30", "scaling.pool.minimum-idle=30")
			.map((property) -> "--" + property)
			.toArray(String[]::new);
	}

	private static String separator() {
		return cluster.cluster().primary().jdbcUrl().contains("?") ? "&" : "?";
	}

	private static Process startProcess(Path log, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), Instance.class.getName()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
	}

	private void awaitPools(JdbcTemplate watch, int size, Duration limit) {
		await().atMost(limit).until(() -> watched(watch, size));
	}

	private boolean watched(JdbcTemplate watch, int size) {
		this.most.accumulateAndGet(connections(watch, "%"), Math::max);
		return this.instances.stream().map(Instance::pool).allMatch((pool) -> isOfSize(pool, size));
	}

	private static boolean isOfSize(HikariDataSource pool, int size) {
		return pool.getMaximumPoolSize() == size && pool.getHikariPoolMXBean().getTotalConnections() == size;
	}

	private static int connections(JdbcTemplate watch, String name) {
		return watch.queryForObject("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
				+ " AND application_name <> 'watch' AND application_name LIKE ?", Integer.class, name);
	}

}
