package dev.scaling.starter.sharding;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import dev.scaling.RoutingContext;
import dev.scaling.ShardKey;
import dev.scaling.ShardKeyException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for keys that follow their work to other threads, where that is asked for.
 */
@Timeout(60)
class ShardPropagationTests {

	private static final String[] KEYSPACE = { "scaling.keyspaces.carried.strategy=parity",
			"scaling.keyspaces.carried.shards=shard-0,shard-1", "spring.task.execution.pool.core-size=1",
			"spring.task.execution.pool.max-size=1" };

	private static ConfigurableApplicationContext carrying;

	private static ConfigurableApplicationContext plain;

	@BeforeAll
	static void start() {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "CREATE TABLE IF NOT EXISTS shard_name (name text)");
			ShardServers.execute(shard, "TRUNCATE shard_name");
			ShardServers.execute(shard, "INSERT INTO shard_name VALUES ('" + shard + "')");
		}
		carrying = run("spring.task.execution.propagate-context=true");
		plain = run("spring.task.execution.propagate-context=false");
	}

	private static ConfigurableApplicationContext run(String property) {
		return ShardServers.runWithoutMain(Application.class,
				Stream.concat(Arrays.stream(KEYSPACE), Stream.of(property)).toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		carrying.close();
		plain.close();
	}

	@Test
	void asynchronousMethodRunsOnTheShardOfItsCaller() throws Exception {
		Work work = carrying.getBean(Work.class);
		for (int id = 0; id < 6; id++) {
			assertThat(work.startAt(id, carrying.getBean(Tasks.class)).get(30, TimeUnit.SECONDS))
				.isEqualTo("shard-" + id % 2);
		}
		Tasks tasks = carrying.getBean(Tasks.class);
		assertThat(RoutingContext.atKey("carried", 1L).call(tasks::name).get(30, TimeUnit.SECONDS))
			.isEqualTo("shard-1");
		assertThat(RoutingContext.onShard("shard-0").call(tasks::name).get(30, TimeUnit.SECONDS)).isEqualTo("shard-0");
	}

	/**
	 * The only thread of the pool has just worked for a key.
	 */
	@Test
	void keyIsNotCarriedOnceItsScopeIsClosed() throws Exception {
		Tasks tasks = carrying.getBean(Tasks.class);
		assertThat(RoutingContext.atKey(1L).call(tasks::name).get(30, TimeUnit.SECONDS)).isEqualTo("shard-1");
		assertRefused(tasks.name());
	}

	@Test
	void workIsRefusedWhereNothingCarriesTheKey() {
		assertRefused(plain.getBean(Work.class).startAt(1, plain.getBean(Tasks.class)));
		assertRefused(RoutingContext.atKey(2L).call(plain.getBean(Tasks.class)::name));
	}

	@Test
	void reactiveWorkHasTheKeyOfItsSubscriber() {
		Work work = carrying.getBean(Work.class);
		Mono<String> name = Mono.fromCallable(work::name).subscribeOn(Schedulers.boundedElastic());
		Hooks.enableAutomaticContextPropagation();
		try {
			for (long id = 0; id < 6; id++) {
				assertThat(RoutingContext.atKey(id).call(() -> name.block(Duration.ofSeconds(30))))
					.isEqualTo("shard-" + id % 2);
			}
			assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> name.block(Duration.ofSeconds(30)));
		}
		finally {
			Hooks.disableAutomaticContextPropagation();
		}
		assertThatExceptionOfType(ShardKeyException.class)
			.isThrownBy(() -> RoutingContext.atKey(1L).call(() -> name.block(Duration.ofSeconds(30))));
	}

	private static void assertRefused(CompletableFuture<String> task) {
		try {
			assertThat(task.get(30, TimeUnit.SECONDS)).isEqualTo("an exception");
		}
		catch (ExecutionException ex) {
			assertThat(ex).hasCauseInstanceOf(ShardKeyException.class);
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new AssertionError(ex);
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@EnableAsync
	@Import({ Tasks.class, Work.class })
	static class Application {

		@Bean
		Parity parity() {
			return new Parity();
		}

	}

	static class Tasks {

		private final Work work;

		Tasks(Work work) {
			this.work = work;
		}

		@Async
		CompletableFuture<String> name() {
			return CompletableFuture.completedFuture(this.work.name());
		}

	}

	static class Work {

		private final JdbcClient jdbc;

		Work(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		CompletableFuture<String> startAt(@ShardKey long id, Tasks tasks) {
			return tasks.name();
		}

		@Transactional(readOnly = true)
		String name() {
			return this.jdbc.sql("SELECT name FROM shard_name").query(String.class).single();
		}

	}

}
