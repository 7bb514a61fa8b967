package dev.scaling.starter.sharding.migration;

import java.nio.file.Path;

import dev.scaling.sharding.ShardMigrationStatus;
import dev.scaling.sharding.ShardMigrationStatus.State;
import dev.scaling.sharding.ShardMigrations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for shards that have something else than the scripts, or other shards.
 */
@ExtendWith(OutputCaptureExtension.class)
class SchemaDriftTests {

	private static final String HISTORY = "flyway_schema_history_users";

	@TempDir
	private Path scripts;

	private MigratedShards shards;

	@BeforeEach
	void migrate() {
		this.shards = new MigratedShards(this.scripts);
		this.shards.script("users", "V1__account.sql", "CREATE TABLE account (id bigint PRIMARY KEY);");
		this.shards.script("users", "V2__name.sql", "ALTER TABLE account ADD COLUMN name text;");
		this.shards.script("users", "R__view.sql", "CREATE OR REPLACE VIEW names AS SELECT name FROM account;");
		run().close();
	}

	@Test
	void otherChecksumIsNamedWithBothValuesAndNothingIsExecutedThere() {
		long checksum = this.shards.jdbc("shard-0")
			.sql("SELECT checksum FROM " + HISTORY + " WHERE version = '1'")
			.query(Long.class)
			.single();
		this.shards.execute("shard-1", "UPDATE " + HISTORY + " SET checksum = 42 WHERE version = '1'");
		this.shards.script("users", "V3__mail.sql", "ALTER TABLE account ADD COLUMN mail text;");
		assertThatException().isThrownBy(this::run)
			.withMessageContaining("- users on shard-0 was migrated to version 3")
			.withMessageContaining("- users on shard-1 has drifted at version 2: version 1 ('account') has checksum "
					+ checksum + " on shard-0, shard-2, has checksum 42 on shard-1, and checksum " + checksum
					+ " in the script")
			.withMessageContaining("- users on shard-2 was migrated to version 3")
			.withMessageContaining("'scaling.migrations.on-drift'");
		assertThat(this.shards.versions("shard-1", "users")).containsExactly("1", "2");
	}

	@Test
	void driftMayBeAWarning(CapturedOutput output) {
		this.shards.execute("shard-1", "UPDATE " + HISTORY + " SET checksum = 42 WHERE version = '1'");
		this.shards.script("users", "V3__mail.sql", "ALTER TABLE account ADD COLUMN mail text;");
		try (ConfigurableApplicationContext context = run("scaling.migrations.on-drift=warn")) {
			assertThat(context.getBean(ShardMigrations.class).status()).extracting(ShardMigrationStatus::state)
				.containsExactly(State.MIGRATED, State.DRIFTED, State.MIGRATED);
		}
		assertThat(this.shards.versions("shard-1", "users")).containsExactly("1", "2", "3");
		assertThat(output).contains("Keyspace users on shard-1 has drifted at version 3: version 1 ('account')");
	}

	@Test
	void scriptThatOneShardHasSkippedIsFound() {
		this.shards.execute("shard-2", "DELETE FROM " + HISTORY + " WHERE version = '1'");
		assertThatException().isThrownBy(this::run)
			.withMessageContaining("- users on shard-0 is up to date at version 2")
			.withMessageContaining("- users on shard-2 has drifted at version 2: version 1 ('account') has checksum ")
			.withMessageContaining(" on shard-0, shard-1, has not been executed on shard-2, and checksum ");
	}

	@Test
	void scriptThatOnlyOneShardHasIsFound() {
		this.shards.execute("shard-0", insert("1.5", 42));
		assertThatException().isThrownBy(this::run)
			.withMessageContaining(
					"- users on shard-0 has drifted at version 2: version 1.5 ('by hand') has checksum 42"
							+ " on shard-0, and is not among the scripts of this application")
			.withMessageContaining("- users on shard-1 is up to date at version 2");
	}

	/**
	 * As while a newer instance migrates.
	 */
	@Test
	void scriptOfALaterVersionIsNoDriftUnlessItDiffers() {
		this.shards.execute("shard-0", insert("7", 42));
		run().close();
		this.shards.execute("shard-1", insert("7", 43));
		assertThatException().isThrownBy(this::run)
			.withMessageContaining("version 7 ('by hand') has checksum 42 on shard-0, has checksum 43 on shard-1");
	}

	@Test
	void repeatableScriptIsRepeatedEverywhere() {
		this.shards.script("users", "R__view.sql", "CREATE OR REPLACE VIEW names AS SELECT name, id FROM account;");
		try (ConfigurableApplicationContext context = run()) {
			assertThat(context.getBean(ShardMigrations.class).status()).extracting(ShardMigrationStatus::state)
				.containsOnly(State.MIGRATED);
		}
		run().close();
	}

	private static String insert(String version, int checksum) {
		return "INSERT INTO " + HISTORY + " SELECT max(installed_rank) + 1, '" + version
				+ "', 'by hand', 'SQL', 'by_hand.sql', " + checksum + ", 'me', now(), 1, true FROM " + HISTORY;
	}

	private ConfigurableApplicationContext run(String... properties) {
		return this.shards.run(ShardMigrationTests.Application.class,
				this.shards.keyspace("users", "shard-0,shard-1,shard-2"), properties);
	}

}
