package dev.scaling.starter.sharding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for scripts that are run on every shard.
 */
@ExtendWith(OutputCaptureExtension.class)
class ShardMigrationTests {

	private static final List<String> SHARDS = List.of("shard-0", "shard-1");

	@TempDir
	private Path scripts;

	@BeforeEach
	void write() throws IOException {
		write("V1__create.sql", "CREATE TABLE migrated (id bigint);");
	}

	@AfterEach
	void clean() {
		for (String shard : SHARDS) {
			ShardServers.execute(shard, "DROP TABLE IF EXISTS migrated");
			ShardServers.execute(shard, "DROP TABLE IF EXISTS flyway_history_migrated");
			ShardServers.execute(shard, "DELETE FROM scaling_shard_keyspace WHERE keyspace = 'migrated'");
		}
	}

	@Test
	void scriptsRunOnEveryShard() throws IOException {
		run();
		for (String shard : SHARDS) {
			assertThat(ShardServers.number(shard, "SELECT count(*) FROM migrated")).isZero();
		}
		write("V2__column.sql", "ALTER TABLE migrated ADD COLUMN name text;");
		run();
		run();
		for (String shard : SHARDS) {
			assertThat(ShardServers.number(shard, "SELECT count(name) FROM migrated")).isZero();
		}
	}

	@Test
	void failureOfAShardLeavesTheOthersDoneAndIsResumed() {
		ShardServers.execute("shard-1", "CREATE TABLE migrated (other text)");
		assertThatException().isThrownBy(this::run)
			.withMessageContaining("shard-0 is migrated at version 1")
			.withMessageContaining("shard-1 is failed")
			.withMessageContaining("already exists");
		ShardServers.execute("shard-1", "DROP TABLE migrated");
		run();
		assertThat(ShardServers.number("shard-1", "SELECT count(*) FROM migrated")).isZero();
	}

	@Test
	void instancesThatStartTogetherDoItOnce() {
		CompletableFuture<Void> other = CompletableFuture.runAsync(this::run);
		run();
		other.join();
		for (String shard : SHARDS) {
			assertThat(ShardServers.number(shard, "SELECT count(*) FROM flyway_history_migrated WHERE version = '1'"))
				.isOne();
		}
	}

	@Test
	void shardThatHasSomethingElseIsFound(CapturedOutput output) {
		run();
		ShardServers.execute("shard-1",
				"INSERT INTO flyway_history_migrated SELECT 100, '1.5', 'by hand', 'SQL', 'V1.5__by_hand.sql', 42,"
						+ " 'somebody', now(), 1, true");
		assertThatException()
			.isThrownBy(() -> run("scaling.keyspaces.migrated.migrations=filesystem:" + this.scripts,
					"scaling.migrations.on-drift=fail"))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains("shard-1"));
	}

	@Test
	void nothingRunsWhereItIsSwitchedOff() {
		run("scaling.migrations.enabled=false");
		for (String shard : SHARDS) {
			assertThat(ShardServers.number(shard,
					"SELECT count(*) FROM pg_class WHERE relname = 'flyway_history_migrated'"))
				.isZero();
		}
	}

	private void run(String... properties) {
		String[] all = new String[properties.length + 2];
		all[0] = "scaling.keyspaces.migrated.shards=shard-0,shard-1";
		all[1] = "scaling.keyspaces.migrated.migrations=filesystem:" + this.scripts;
		System.arraycopy(properties, 0, all, 2, properties.length);
		ShardServers.run(Application.class, all).close();
	}

	private void write(String name, String sql) throws IOException {
		Files.writeString(this.scripts.resolve(name), sql);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
