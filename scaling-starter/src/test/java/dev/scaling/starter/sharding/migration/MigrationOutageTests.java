package dev.scaling.starter.sharding.migration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import dev.scaling.RoutingContext;
import dev.scaling.actuate.endpoint.ScalingKeysEndpoint;
import dev.scaling.actuate.endpoint.ScalingKeysEndpoint.SchemaDescriptor;
import dev.scaling.sharding.ShardMigrationStatus;
import dev.scaling.sharding.ShardMigrationStatus.State;
import dev.scaling.sharding.ShardMigrations;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Tests for scripts of shards that cannot be reached.
 */
class MigrationOutageTests {

	private final PostgresCluster shard = PostgresCluster.builder().replicas(1).start();

	@TempDir
	private Path scripts;

	private MigratedShards shards;

	@BeforeEach
	void createScripts() {
		this.shards = new MigratedShards(this.scripts);
		this.shards.script("users", "V1__account.sql", "CREATE TABLE account (id bigint PRIMARY KEY);");
	}

	@AfterEach
	void stop() {
		this.shard.close();
	}

	@Test
	void shardIsMigratedAsSoonAsItCanBeReached() {
		this.shard.primary().kill();
		try (ConfigurableApplicationContext context = run("spring.jmx.enabled=true",
				"management.endpoints.jmx.exposure.include=scalingkeys")) {
			ScalingKeysEndpoint endpoint = context.getBean(ScalingKeysEndpoint.class);
			assertThat(schema(endpoint, "shard-0")).isEqualTo(new SchemaDescriptor("migrated", "1", 0, null));
			assertThat(schema(endpoint, "shard-3").state()).isEqualTo("unreachable");
			assertThat(schema(endpoint, "shard-3").error()).contains("shard-3/primary");
			ShardMigrations migrations = context.getBean(ShardMigrations.class);
			assertThat(migrations.status()).extracting(ShardMigrationStatus::shard, ShardMigrationStatus::state)
				.containsExactly(tuple("shard-0", State.MIGRATED), tuple("shard-3", State.UNREACHABLE));
			this.shard.primary().start();
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(migrations.status()).extracting(ShardMigrationStatus::state)
					.containsOnly(State.MIGRATED));
			assertThat(schema(endpoint, "shard-3")).isEqualTo(new SchemaDescriptor("migrated", "1", 0, null));
			assertThat(rows(context)).isZero();
			awaitNoThreads();
		}
	}

	@Test
	void nobodyWaitsForAShardWhenTheApplicationHasStopped() {
		this.shard.primary().kill();
		run().close();
		awaitNoThreads();
	}

	@Test
	void promotedReplicaIsMigrated() {
		this.shard.primary().stop();
		this.shard.replicas().get(0).promote();
		try (ConfigurableApplicationContext context = run()) {
			assertThat(context.getBean(ShardMigrations.class).status()).extracting(ShardMigrationStatus::state)
				.containsOnly(State.MIGRATED);
			assertThat(rows(context)).isZero();
		}
	}

	private static SchemaDescriptor schema(ScalingKeysEndpoint endpoint, String shard) {
		return endpoint.keyspaces().keyspaces().get("users").schema().get(shard);
	}

	private static long rows(ConfigurableApplicationContext context) {
		return RoutingContext.onShard("shard-3")
			.call(() -> context.getBean(JdbcClient.class)
				.sql("SELECT count(*) FROM account")
				.query(Long.class)
				.single());
	}

	/**
	 * A thread that was told to end may need a moment.
	 */
	private static void awaitNoThreads() {
		await().atMost(Duration.ofSeconds(10))
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().startsWith("scaling-migration-")));
	}

	private ConfigurableApplicationContext run(String... properties) {
		Map<String, Object> nodes = this.shards.nodes();
		nodes.put("scaling.shards.shard-3.primary.url", this.shard.primary().jdbcUrl());
		nodes.put("scaling.shards.shard-3.primary.username", "postgres");
		nodes.put("scaling.shards.shard-3.replicas.replica-1.url", this.shard.replicas().get(0).jdbcUrl());
		return MigratedShards.run(ShardMigrationTests.Application.class, nodes,
				this.shards.keyspace("users", "shard-0,shard-3"), properties);
	}

}
