package dev.scaling.starter.resilience;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.scaling.NodeUnavailableException;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what a caller reads when all connections of a pool are in use.
 */
class ExhaustedPoolTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private static final String NAME = Orders.class.getName();

	private static ClusterApplication application;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Future<?>> holders = new ArrayList<>();

	private final CountDownLatch end = new CountDownLatch(1);

	@BeforeAll
	static void start() {
		application = ClusterApplication.start(Application.class, cluster.cluster(), "scaling.consistency.mode=none",
				"scaling.pool.maximum-pool-size=2", "scaling.pool.connection-timeout=500ms");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@AfterEach
	void poolsAreDrained() throws Exception {
		this.end.countDown();
		for (Future<?> holder : this.holders) {
			holder.get(20, TimeUnit.SECONDS);
		}
		this.threads.shutdownNow();
		application.pools().awaitDrained();
	}

	@Test
	void messageNamesThePoolThoseWhoHoldItsConnectionsAndTheCure() throws Exception {
		hold(Orders::export);
		hold(Orders::importAll);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> orders().place())
			.satisfies((ex) -> assertThat(unavailable(ex))
				.contains("No connection for write work of " + NAME + ".place (read-write)",
						"the pool of primary is exhausted, waited 500 ms (connection-timeout)",
						"2 of 2 connections active, 0 idle, 0 threads waiting, held by " + NAME + ".export (1), " + NAME
								+ ".importAll (1)",
						"call nothing remote in a transaction", "raise maximum-pool-size if the server of primary")
				.doesNotContain("check that the nodes can be reached", "the pool of replica-1"));
	}

	@Test
	void thoseWhoHoldMostComeFirstAndThoseWhoHaveEndedAreGone() throws Exception {
		orders().export((jdbc) -> jdbc.execute("SELECT 1"));
		hold(Orders::importAll);
		hold(Orders::importAll);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> orders().place())
			.satisfies((ex) -> assertThat(unavailable(ex)).contains("held by " + NAME + ".importAll (2))"));
	}

	@Test
	void workWithoutATransactionHoldsNameless() throws Exception {
		hold((orders, work) -> application.jdbc().execute((Connection connection) -> {
			try (Statement statement = connection.createStatement()) {
				statement.execute("SELECT 1");
				work.accept(application.jdbc());
			}
			return null;
		}));
		hold(Orders::export);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> orders().place())
			.satisfies((ex) -> assertThat(unavailable(ex)).contains(NAME + ".export (1), work without the name of a"));
	}

	@Test
	void poolOfAReplicaIsNamed() throws Exception {
		hold(Orders::report);
		hold(Orders::report);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> orders().report((jdbc) -> {
		}))
			.satisfies((ex) -> assertThat(unavailable(ex)).contains("the pool of replica-1 is exhausted",
					"held by " + NAME + ".report (2)"));
	}

	/**
	 * Lets another thread run a method until the end of the test, and returns when it has
	 * its connection.
	 */
	private void hold(Method method) throws InterruptedException {
		CountDownLatch held = new CountDownLatch(1);
		this.holders.add(this.threads.submit(() -> {
			method.run(orders(), (jdbc) -> {
				jdbc.execute("SELECT 1");
				held.countDown();
				await().atMost(Duration.ofSeconds(30)).until(() -> this.end.await(1, TimeUnit.SECONDS));
			});
			return null;
		}));
		assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
	}

	private static Orders orders() {
		return application.bean(Orders.class);
	}

	private static String unavailable(Throwable ex) {
		Throwable cause = ex;
		while (cause != null && !(cause instanceof NodeUnavailableException)) {
			cause = cause.getCause();
		}
		assertThat(cause).isNotNull();
		return String.valueOf(cause.getMessage());
	}

	private interface Method {

		void run(Orders orders, Consumer<JdbcTemplate> work) throws Exception;

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import(Orders.class)
	static class Application {

	}

	static class Orders {

		private final JdbcTemplate jdbc;

		Orders(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		void place() {
			this.jdbc.execute("SELECT 1");
		}

		@Transactional
		void export(Consumer<JdbcTemplate> work) {
			work.accept(this.jdbc);
		}

		@Transactional
		void importAll(Consumer<JdbcTemplate> work) {
			work.accept(this.jdbc);
		}

		@Transactional(readOnly = true)
		void report(Consumer<JdbcTemplate> work) {
			this.jdbc.execute("SELECT 1");
			work.accept(this.jdbc);
		}

	}

}
