package dev.scaling.starter.adoption;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a request that is being served when the application ends.
 */
class GracefulShutdownTests {

	@Test
	void requestInFlightFinishesItsWorkOnAllNodes() throws Exception {
		ConfigurableApplicationContext context = Applications.runOnCluster(Application.class, "server.port=0");
		int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		Map<String, HikariDataSource> pools = context.getBeansOfType(HikariDataSource.class);
		assertThat(pools).containsOnlyKeys("primaryDataSource", "replica-1DataSource", "replica-2DataSource");
		SlowController slow = context.getBean(SlowController.class);
		CompletableFuture<Http.Answer> answer = CompletableFuture.supplyAsync(() -> new Http(port).get("/slow"));
		assertThat(slow.inTransaction.await(10, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Void> closed = CompletableFuture.runAsync(context::close);
		Shutdown shutdown = context.getBean(Shutdown.class);
		assertThat(shutdown.begun().await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(pools.values()).allMatch(HikariDataSource::isRunning);
		slow.goOn.countDown();
		assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("6");
		closed.get(30, TimeUnit.SECONDS);
		assertThat(shutdown.runningPools()).containsExactlyInAnyOrder("primary", "replica-1", "replica-2");
		assertThat(pools.values()).allMatch(HikariDataSource::isClosed);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	@Import(SlowController.class)
	static class Application {

		@Bean
		Shutdown shutdown() {
			return new Shutdown(new CountDownLatch(1), new CopyOnWriteArrayList<>());
		}

		@Bean
		AtShutdown withTheWebServer(Shutdown shutdown) {
			return new AtShutdown(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE, shutdown.begun::countDown);
		}

		@Bean
		AtShutdown afterTheWebServer(Shutdown shutdown, ListableBeanFactory beanFactory) {
			return new AtShutdown(0,
					() -> beanFactory.getBeansOfType(HikariDataSource.class)
						.values()
						.stream()
						.filter(HikariDataSource::isRunning)
						.map(HikariDataSource::getPoolName)
						.forEach(shutdown.runningPools::add));
		}

	}

	@RestController
	static class SlowController {

		final CountDownLatch inTransaction = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		private final JdbcClient jdbc;

		private final TransactionTemplate write;

		private final TransactionTemplate read;

		SlowController(JdbcClient jdbc, PlatformTransactionManager transactionManager) {
			this.jdbc = jdbc;
			this.write = new TransactionTemplate(transactionManager);
			this.read = new TransactionTemplate(transactionManager);
			this.read.setReadOnly(true);
		}

		@GetMapping("/slow")
		int slow() {
			int first = this.write.execute((status) -> {
				int before = select(1);
				this.inTransaction.countDown();
				awaitShutdown();
				return before + select(2);
			});
			return first + this.read.execute((status) -> select(3));
		}

		private int select(int number) {
			return this.jdbc.sql("SELECT " + number).query(Integer.class).single();
		}

		private void awaitShutdown() {
			try {
				this.goOn.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/**
	 * Runs something when the application's shutdown reaches a phase.
	 *
	 * @param phase the phase
	 * @param action what to run
	 */
	record AtShutdown(int phase, Runnable action) implements SmartLifecycle {

		@Override
		public void start() {
		}

		@Override
		public void stop() {
			this.action.run();
		}

		@Override
		public boolean isRunning() {
			return true;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

	/**
	 * What the shutdown was seen to do.
	 *
	 * @param begun the graceful shutdown of the web server has begun
	 * @param runningPools the pools that still ran when the web server had stopped
	 */
	record Shutdown(CountDownLatch begun, List<String> runningPools) {

	}

}
