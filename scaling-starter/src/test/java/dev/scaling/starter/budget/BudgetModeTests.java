package dev.scaling.starter.budget;

import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what a budget says about pools that are larger than the server.
 */
@ExtendWith(OutputCaptureExtension.class)
class BudgetModeTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	@Test
	void warningHasTheArithmeticAndTheCure(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("scaling.instances=12", "scaling.budget.interval=1s",
				replica())) {
			await().until(() -> context.getBean(ConnectionBudgets.class).budgets().size() == 2);
			assertThat(output).contains("12 instances x (10 + 1) = 132 > 97 usable on primary",
					"'scaling.pool.maximum-pool-size' to 7 at most", "'max_connections'",
					"12 instances x (10 + 1) = 132 > 97 usable on replica-1");
		}
	}

	@Test
	void applicationDoesNotStart(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> run("scaling.instances=12", "scaling.budget.mode=fail", replica()).close());
		assertThat(output).contains("APPLICATION FAILED TO START",
				"12 instances x (10 + 1) = 132 > 97 usable on primary", "Set 'scaling.pool.maximum-pool-size' to 7",
				"'max_connections'");
	}

	@Test
	void instancesThatFitStart(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("scaling.instances=4", "scaling.budget.mode=fail",
				replica())) {
			assertThat(context.getBean(ConnectionBudgets.class).budgets()).hasSize(2);
			assertThat(output).doesNotContain("Connection budget");
		}
	}

	@Test
	void primaryThatNobodyWatchesIsCheckedIfItsPoolIsUsed(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run(UsingApplication.class, "scaling.instances=12")) {
			await().until(() -> !context.getBean(ConnectionBudgets.class).budgets().isEmpty());
			assertThat(output).contains("12 instances x (10) = 120 > 97 usable on primary");
			assertThat(context.getBean(DataSource.class)).isInstanceOf(HikariDataSource.class);
		}
	}

	@Test
	void poolOfOneServerIsDividedAmongTheNodesOnIt() {
		try (ConfigurableApplicationContext context = run("scaling.instances=12", "scaling.budget.mode=fit",
				"scaling.replicas.replica-1.url=" + cluster.cluster().primary().jdbcUrl(),
				"scaling.replicas.replica-1.pool.maximum-pool-size=4")) {
			assertThat(context.getBean(ConnectionBudgets.class).budgets()).singleElement().satisfies((budget) -> {
				assertThat(budget.arithmetic())
					.isEqualTo("12 instances x (4 + 1 + 2) = 84 <= 97 usable on primary, replica-1");
				assertThat(budget.configuredDemand()).isEqualTo(12 * 16);
			});
			assertThat(context.getBean("primaryDataSource", HikariDataSource.class).getMaximumPoolSize()).isEqualTo(4);
			assertThat(context.getBean("replica-1DataSource", HikariDataSource.class).getMaximumPoolSize()).isOne();
		}
	}

	@Test
	void limitOfTheRoleCounts(CapturedOutput output) {
		JdbcTemplate jdbc = new JdbcTemplate(cluster.cluster().primary().dataSource());
		jdbc.execute("CREATE ROLE limited LOGIN CONNECTION LIMIT 15");
		try (ConfigurableApplicationContext context = run("scaling.instances=2", "scaling.primary.username=limited",
				"scaling.budget.interval=1s", replica())) {
			await().until(() -> context.getBean(ConnectionBudgets.class).budgets().size() == 2);
			assertThat(output).contains("2 instances x (10 + 1) = 22 > 15 usable for role limited on primary",
					"ALTER ROLE ... CONNECTION LIMIT");
		}
		finally {
			jdbc.execute("DROP ROLE limited");
		}
	}

	@Test
	void settingThatMakesNoSenseIsRefused(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("scaling.budget.interval=10ms").close());
		assertThat(output).contains("scaling.budget.interval", "10ms", "from 1 second to 1 hour");
	}

	private static String replica() {
		return "scaling.replicas.replica-1.url=" + cluster.cluster().node("replica-1").jdbcUrl();
	}

	private static ConfigurableApplicationContext run(String... properties) {
		return run(Instance.Application.class, properties);
	}

	private static ConfigurableApplicationContext run(Class<?> application, String... properties) {
		Stream<String> nodes = Stream.of("scaling.primary.url=" + cluster.cluster().primary().jdbcUrl());
		if (Stream.of(properties).noneMatch((property) -> property.startsWith("scaling.primary.username"))) {
			nodes = Stream.concat(nodes,
					Stream.of("scaling.primary.username=" + cluster.cluster().primary().username()));
		}
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.run(Stream.concat(nodes, Stream.of(properties)).map((property) -> "--" + property).toArray(String[]::new));
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class UsingApplication {

		@Bean
		ApplicationRunner user(JdbcTemplate jdbc) {
			return (arguments) -> jdbc.queryForObject("SELECT 1", Integer.class);
		}

	}

}
