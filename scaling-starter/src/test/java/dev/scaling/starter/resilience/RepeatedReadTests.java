package dev.scaling.starter.resilience;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.scaling.RetryableRead;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingListener;
import dev.scaling.routing.RoutingReason;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for read-only methods that are repeated when their node fails.
 */
class RepeatedReadTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder()
		.replicas(2)
		.parameter("max_standby_streaming_delay", "0")
		.extension();

	@BeforeEach
	void createTable() throws SQLException {
		execute(cluster().primary(), "DROP TABLE IF EXISTS price; CREATE TABLE price AS SELECT 7 AS amount");
		cluster().awaitReplication();
	}

	@AfterEach
	void repair() {
		cluster().repair();
	}

	@Test
	void methodIsRepeatedOnAnotherNodeWhenItsSessionEnds() {
		run(1, (application) -> {
			assertThat(application.prices.read(this::endSessions)).isEqualTo(7);
			assertThat(application.nodes()).hasSize(2).doesNotHaveDuplicates();
			assertThat(application.retries(application.nodes().get(0))).isOne();
			assertThat(application.retries(application.last())).isZero();
		});
	}

	@Test
	void methodIsRepeatedWhenItsNodeCrashes() {
		run(1, (application) -> {
			assertThat(application.prices.read((call) -> node(application.last()).kill())).isEqualTo(7);
			assertThat(application.nodes()).hasSize(2);
		});
	}

	@Test
	void lastAttemptRunsOnThePrimary() {
		run(2, (application) -> {
			assertThat(application.prices.readTwiceFailing(this::endSessions)).isEqualTo(7);
			assertThat(application.nodes()).hasSize(3).last().isEqualTo("primary");
			assertThat(application.decisions.get(2).reason()).isEqualTo(RoutingReason.READ_RETRY);
		});
	}

	@Test
	void methodIsRepeatedAfterAConflictWithRecovery() {
		run(1, (application) -> {
			Thread conflict = new Thread(() -> Awaitility.await().until(() -> {
				execute(cluster().primary(), "TRUNCATE price; INSERT INTO price VALUES (8)");
				return true;
			}));
			assertThat(application.prices.readSlowly(conflict::start)).isEqualTo(8);
			assertThat(application.nodes()).hasSize(2);
		});
	}

	@Test
	void nothingIsRepeatedByDefault() {
		run(0, (application) -> assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> application.prices.read(this::endSessions)));
	}

	@Test
	void methodWithoutTheAnnotationIsNotRepeated() {
		run(3, (application) -> assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> application.prices.readOnce(this::endSessions)));
	}

	@Test
	void methodThatWritesIsNotRepeated() {
		run(3, (application) -> {
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> application.prices.write(this::endSessions));
			assertThat(application.prices.calls()).isOne();
		});
	}

	@Test
	void failureOfTheMethodItselfIsNotRepeated() {
		run(3, (application) -> {
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> application.prices.readNothing());
			assertThat(application.prices.calls()).isOne();
			assertThat(application.retries(application.last())).isZero();
		});
	}

	private void run(int retries, Consumer<RunningApplication> test) {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withInitializer(new ConfigDataApplicationContextInitializer())
			.withUserConfiguration(Application.class)
			.withPropertyValues("scaling.routing.read-retries=" + retries,
					"scaling.primary.url=" + cluster().primary().jdbcUrl(), "scaling.primary.username=postgres",
					"scaling.primary.password=");
		for (PostgresNode replica : cluster().replicas()) {
			runner = runner.withPropertyValues("scaling.replicas." + replica.id() + ".url=" + replica.jdbcUrl());
		}
		runner.run((context) -> {
			RunningApplication application = new RunningApplication(context.getBean(Prices.class),
					context.getBean(Decisions.class).decisions, context.getBean(RoutingDataSource.class));
			RoutingDataSource dataSource = (RoutingDataSource) context.getBean(DataSource.class);
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.until(() -> dataSource.topology()
					.current()
					.nodes()
					.stream()
					.allMatch((node) -> node.state() == NodeState.UP));
			application.decisions.clear();
			test.accept(application);
		});
	}

	private void endSessions(int call) {
		for (PostgresNode node : cluster().nodes()) {
			execute(node, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
					+ " WHERE state = 'idle in transaction' AND pid <> pg_backend_pid()");
		}
	}

	private static PostgresCluster cluster() {
		return postgres.cluster();
	}

	private static PostgresNode node(String id) {
		return cluster().node(id);
	}

	private static void execute(PostgresNode node, String sql) {
		new JdbcTemplate(node.dataSource()).execute(sql);
	}

	private record Decision(String node, RoutingReason reason) {

	}

	private record RunningApplication(Prices prices, List<Decision> decisions, RoutingDataSource dataSource) {

		List<String> nodes() {
			return this.decisions.stream().map(Decision::node).toList();
		}

		long retries(String node) {
			return this.dataSource.topology().pool(node).orElseThrow().retries();
		}

		String last() {
			return this.decisions.get(this.decisions.size() - 1).node();
		}

	}

	static class Decisions {

		private final List<Decision> decisions = new ArrayList<>();

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import(Prices.class)
	static class Application {

		@Bean
		Decisions decisions() {
			return new Decisions();
		}

		@Bean
		RoutingListener decisionsListener(Decisions decisions) {
			return (node, reason) -> decisions.decisions.add(new Decision(node.id(), reason));
		}

	}

	static class Prices {

		private final JdbcTemplate jdbc;

		private int calls;

		Prices(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@RetryableRead
		@Transactional(readOnly = true)
		int read(Consumer<Integer> fault) {
			return query(fault, 1);
		}

		@RetryableRead
		@Transactional(readOnly = true)
		int readTwiceFailing(Consumer<Integer> fault) {
			return query(fault, 2);
		}

		@RetryableRead
		@Transactional(readOnly = true)
		int readSlowly(Runnable conflict) {
			this.calls++;
			if (this.calls == 1) {
				conflict.run();
				this.jdbc.queryForList("SELECT pg_sleep(20) FROM price");
			}
			return amount();
		}

		@Transactional(readOnly = true)
		int readOnce(Consumer<Integer> fault) {
			return query(fault, 1);
		}

		@RetryableRead
		@Transactional
		int write(Consumer<Integer> fault) {
			return query(fault, 1);
		}

		@RetryableRead
		@Transactional(readOnly = true)
		void readNothing() {
			this.calls++;
			this.jdbc.queryForList("SELECT nothing FROM price");
		}

		int calls() {
			return this.calls;
		}

		private int query(Consumer<Integer> fault, int faults) {
			this.calls++;
			amount();
			if (this.calls <= faults) {
				fault.accept(this.calls);
			}
			return amount();
		}

		private int amount() {
			Integer amount = this.jdbc.queryForObject("SELECT amount FROM price", Integer.class);
			return (amount != null) ? amount : 0;
		}

	}

}
