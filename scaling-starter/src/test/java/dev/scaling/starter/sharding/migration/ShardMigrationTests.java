package dev.scaling.starter.sharding.migration;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.scaling.sharding.ShardMigrationStatus;
import dev.scaling.sharding.ShardMigrationStatus.State;
import dev.scaling.sharding.ShardMigrations;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for the scripts of keyspaces.
 */
class ShardMigrationTests {

	private static final String CREATE = "CREATE TABLE account (id bigint PRIMARY KEY);";

	private static final String ALL = "shard-0,shard-1,shard-2";

	@TempDir
	private Path scripts;

	private MigratedShards shards;

	@BeforeEach
	void createDatabases() {
		this.shards = new MigratedShards(this.scripts);
	}

	@Test
	void scriptsAreExecutedOnTheShardsOfTheirKeyspace() {
		this.shards.script("users", "V1__account.sql", CREATE);
		this.shards.script("users", "V2__name.sql", "ALTER TABLE account ADD COLUMN name text;");
		this.shards.script("orders", "V1__order.sql", "CREATE TABLE customer_order (id bigint);");
		String[] keyspaces = Stream
			.of(this.shards.keyspace("users", "shard-0,shard-1"), this.shards.keyspace("orders", "shard-1,shard-2"))
			.flatMap(Stream::of)
			.toArray(String[]::new);
		try (ConfigurableApplicationContext context = run(keyspaces)) {
			assertThat(status(context))
				.extracting(ShardMigrationStatus::keyspace, ShardMigrationStatus::shard, ShardMigrationStatus::state,
						ShardMigrationStatus::version, ShardMigrationStatus::pending, ShardMigrationStatus::error)
				.containsExactlyInAnyOrder(tuple("users", "shard-0", State.MIGRATED, "2", 0, null),
						tuple("users", "shard-1", State.MIGRATED, "2", 0, null),
						tuple("orders", "shard-1", State.MIGRATED, "1", 0, null),
						tuple("orders", "shard-2", State.MIGRATED, "1", 0, null));
		}
		assertThat(this.shards.rows("shard-0", "account")).isZero();
		assertThat(this.shards.rows("shard-1", "account")).isZero();
		assertThat(this.shards.hasTable("shard-2", "account")).isFalse();
		assertThat(this.shards.hasTable("shard-0", "customer_order")).isFalse();
		assertThat(this.shards.versions("shard-1", "users")).containsExactly("1", "2");
		assertThat(this.shards.versions("shard-1", "orders")).containsExactly("1");
		assertThat(this.shards.hasTable("main", "account")).isFalse();
		try (ConfigurableApplicationContext context = run(keyspaces)) {
			assertThat(status(context)).extracting(ShardMigrationStatus::state).containsOnly(State.UP_TO_DATE);
		}
	}

	@Test
	void scriptsAreFoundWhereTheyAreByDefault() {
		String[] keyspace = { "scaling.keyspaces.readings.shards=shard-0,shard-2" };
		try (ConfigurableApplicationContext context = run(keyspace)) {
			assertThat(status(context)).extracting(ShardMigrationStatus::shard, ShardMigrationStatus::state)
				.containsExactly(tuple("shard-0", State.MIGRATED), tuple("shard-2", State.MIGRATED));
		}
		assertThat(this.shards.rows("shard-2", "reading")).isZero();
	}

	@Test
	void keyspaceWithoutScriptsIsLeftAlone() {
		try (ConfigurableApplicationContext context = run(
				new String[] { "scaling.keyspaces.nothing.shards=shard-0,shard-2" })) {
			assertThat(status(context)).isEmpty();
		}
		assertThat(this.shards.hasTable("shard-0", "flyway_schema_history_nothing")).isFalse();
	}

	@Test
	void nothingIsExecutedWhereItIsSwitchedOff() {
		this.shards.script("users", "V1__account.sql", CREATE);
		try (ConfigurableApplicationContext context = run(this.shards.keyspace("users", ALL),
				"scaling.migrations.enabled=false")) {
			assertThat(context.getBeanNamesForType(ShardMigrations.class)).isEmpty();
		}
		assertThat(this.shards.hasTable("shard-0", "account")).isFalse();
	}

	/**
	 * Each script waits until it is executed on all three shards, 20 s at most.
	 */
	@Test
	void shardsAreMigratedAtTheSameTime() {
		this.shards.script("users", "V1__meet.sql", meeting("at the same time", 3, 20));
		try (ConfigurableApplicationContext context = run(this.shards.keyspace("users", ALL))) {
			assertThat(status(context)).extracting(ShardMigrationStatus::state).containsOnly(State.MIGRATED);
		}
	}

	@Test
	void noMoreShardsAreMigratedAtTheSameTimeThanConfigured() {
		this.shards.script("users", "V1__meet.sql", meeting("one at a time", 2, 1));
		assertThatException()
			.isThrownBy(() -> run(this.shards.keyspace("users", ALL), "scaling.migrations.parallelism=1"))
			.withMessageContaining("users on shard-0 has failed")
			.withMessageContaining("users on shard-2 has failed")
			.withMessageContaining("nobody has come");
	}

	/**
	 * The name of a session is reset if its script fails.
	 */
	private static String meeting(String name, int shards, int seconds) {
		return """
				DO $$
				BEGIN
					PERFORM set_config('application_name', '%1$s', false);
					FOR i IN 1..%2$d LOOP
						PERFORM pg_stat_clear_snapshot();
						IF (SELECT count(*) FROM pg_stat_activity WHERE application_name = '%1$s') >= %3$d THEN
							RETURN;
						END IF;
						PERFORM pg_sleep(0.01);
					END LOOP;
					RAISE EXCEPTION 'nobody has come';
				END $$;
				""".formatted(name, seconds * 100, shards);
	}

	@Test
	void failureOnOneShardLeavesTheOthersDoneAndIsResumed() {
		this.shards.script("users", "V1__account.sql", CREATE);
		this.shards.script("users", "V2__session.sql", "CREATE TABLE login (id bigint);");
		this.shards.script("users", "V3__name.sql", "ALTER TABLE account ADD COLUMN name text;");
		this.shards.execute("shard-1", "CREATE TABLE login (other text)");
		assertThatException().isThrownBy(() -> run(this.shards.keyspace("users", ALL)))
			.withMessageContaining("- users on shard-0 was migrated to version 3\n")
			.withMessageContaining("- users on shard-1 has failed: ")
			.withMessageContaining("V2__session.sql")
			.withMessageContaining("relation \"login\" already exists")
			.withMessageContaining("- users on shard-2 was migrated to version 3\n")
			.withMessageContaining("start again");
		assertThat(this.shards.versions("shard-1", "users")).containsExactly("1");
		assertThat(this.shards.versions("shard-2", "users")).containsExactly("1", "2", "3");
		this.shards.execute("shard-1", "DROP TABLE login");
		try (ConfigurableApplicationContext context = run(this.shards.keyspace("users", ALL))) {
			assertThat(status(context)).extracting(ShardMigrationStatus::state)
				.containsExactly(State.UP_TO_DATE, State.MIGRATED, State.UP_TO_DATE);
		}
		assertThat(this.shards.versions("shard-1", "users")).containsExactly("1", "2", "3");
	}

	@RepeatedTest(5)
	void instancesThatStartTogetherExecuteEachScriptOnce() {
		this.shards.script("users", "V1__account.sql", CREATE);
		this.shards.script("users", "V2__fill.sql", "INSERT INTO account VALUES (1); SELECT pg_sleep(0.2);");
		CompletableFuture<?>[] instances = Stream
			.generate(() -> CompletableFuture.runAsync(this::runInstance, (task) -> new Thread(task).start()))
			.limit(3)
			.toArray(CompletableFuture[]::new);
		CompletableFuture.allOf(instances).join();
		for (String shard : MigratedShards.SHARDS) {
			assertThat(this.shards.versions(shard, "users")).containsExactly("1", "2");
			assertThat(this.shards.rows(shard, "account")).isOne();
		}
	}

	/**
	 * Without Boot's logging, which cannot be set up by several threads.
	 */
	private void runInstance() {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withPropertyValues(this.shards.nodes().entrySet().stream().map(Map.Entry::toString).toArray(String[]::new))
			.withPropertyValues(this.shards.keyspace("users", ALL))
			.withPropertyValues("spring.flyway.enabled=false", "spring.liquibase.enabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(status(context)).extracting(ShardMigrationStatus::version).containsOnly("2");
			});
	}

	@Test
	void flywayOfMainIsLeftAlone() {
		this.shards.script("main", "V1__shop.sql", "CREATE TABLE shop (id bigint);");
		this.shards.script("main", "V2__shop.sql", "CREATE TABLE ${noun} (id bigint);");
		this.shards.script("users", "V1__account.sql", "CREATE TABLE ${noun} (id bigint);");
		try (ConfigurableApplicationContext context = this.shards.run(CustomizedApplication.class,
				this.shards.keyspace("users", "shard-0,shard-1"), "spring.flyway.enabled=true",
				"spring.flyway.locations=" + this.shards.location("main"), "spring.flyway.table=history_of_main",
				"spring.flyway.placeholders.noun=parcel", "spring.flyway.target=1")) {
			assertThat(context.getBeanProvider(Flyway.class).stream()).singleElement()
				.satisfies((flyway) -> assertThat(flyway.getConfiguration().getTable()).isEqualTo("history_of_main"));
		}
		assertThat(this.shards.rows("main", "shop")).isZero();
		assertThat(this.shards.hasTable("main", "history_of_main")).isTrue();
		assertThat(this.shards.hasTable("main", "parcel")).isFalse();
		assertThat(this.shards.hasTable("main", "flyway_schema_history_users")).isFalse();
		assertThat(this.shards.rows("shard-1", "parcel")).isZero();
		assertThat(this.shards.hasTable("shard-1", "history_of_main")).isFalse();
		assertThat(this.shards.hasTable("shard-1", "shop")).isFalse();
		assertThat(this.shards.jdbc("shard-1")
			.sql("SELECT installed_by FROM flyway_schema_history_users WHERE version = '1'")
			.query(String.class)
			.single()).isEqualTo("somebody");
	}

	@Test
	void applicationMayHaveNothingButShards() {
		this.shards.script("users", "V1__account.sql", CREATE);
		try (ConfigurableApplicationContext context = MigratedShards.run(Application.class, this.shards.shards(),
				this.shards.keyspace("users", ALL))) {
			assertThat(status(context)).extracting(ShardMigrationStatus::state).containsOnly(State.MIGRATED);
		}
	}

	@Test
	void shardThatHasBeenMigratedByOtherMeansBeginsAtABaseline() {
		this.shards.script("users", "V1__account.sql", CREATE);
		this.shards.script("users", "V2__name.sql", "ALTER TABLE account ADD COLUMN name text;");
		this.shards.execute("shard-0", CREATE);
		try (ConfigurableApplicationContext context = run(this.shards.keyspace("users", "shard-0"),
				"scaling.keyspaces.users.migrations.baseline-version=1",
				"scaling.keyspaces.users.migrations.table=history")) {
			assertThat(status(context)).extracting(ShardMigrationStatus::state).containsOnly(State.MIGRATED);
		}
		assertThat(this.shards.rows("shard-0", "history")).isEqualTo(2);
	}

	@Test
	void locationWithoutScriptsIsAMistake() {
		assertThatException().isThrownBy(() -> run(this.shards.keyspace("users", ALL)))
			.withMessageContaining("users on shard-0 has failed")
			.withMessageContaining("Failed to find filesystem location");
	}

	@Test
	void historyIsNotShared() {
		this.shards.script("users", "V1__account.sql", CREATE);
		assertThatException()
			.isThrownBy(() -> run(this.shards.keyspace("users", ALL),
					"scaling.keyspaces.orders.migrations.locations=" + this.shards.location("users"),
					"scaling.keyspaces.orders.shards=shard-2",
					"scaling.keyspaces.orders.migrations.table=flyway_schema_history_users"))
			.havingRootCause()
			.withMessageContaining(".migrations.table")
			.withMessageContaining("has the same table on shard-2");
		String name = "a-very-long-name-of-a-keyspace-that-is-cut-off";
		this.shards.script(name, "V1__account.sql", CREATE);
		assertThatException().isThrownBy(() -> run(this.shards.keyspace(name, ALL)))
			.havingRootCause()
			.withMessageContaining("scaling.keyspaces." + name + ".migrations.table");
	}

	private ConfigurableApplicationContext run(String[] keyspace, String... properties) {
		return this.shards.run(Application.class, keyspace, properties);
	}

	private static List<ShardMigrationStatus> status(ApplicationContext context) {
		return context.getBean(ShardMigrations.class).status();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class CustomizedApplication {

		@Bean
		FlywayConfigurationCustomizer somebody() {
			return (configuration) -> configuration.installedBy("somebody");
		}

	}

}
