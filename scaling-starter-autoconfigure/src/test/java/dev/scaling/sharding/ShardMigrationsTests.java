package dev.scaling.sharding;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import javax.sql.DataSource;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.sharding.ShardMigrationStatus.State;
import dev.scaling.sharding.ShardSchema.Script;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link ShardMigrations}, and what it says of shards that differ.
 */
class ShardMigrationsTests {

	private static final ShardSchema.Content DONE = new ShardSchema.Content("2", 1, 0, List.of());

	@Test
	void shardThatTakesTooLongIsAFailureAndWhatItDoesLaterIsNotNoted() throws InterruptedException {
		CountDownLatch end = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		try (ShardMigrations migrations = migrations(new StubSchema((shard) -> {
			if (shard.equals("shard-1")) {
				awaitUninterruptibly(end);
				ended.countDown();
			}
			return DONE;
		}), Duration.ofMillis(500))) {
			assertThatExceptionOfType(ShardMigrationException.class).isThrownBy(migrations::migrate)
				.withMessageContaining("- users on shard-0 was migrated to version 2")
				.withMessageContaining("- users on shard-1 has failed: has not ended after");
			end.countDown();
			ended.await();
			assertThat(migrations.status()).extracting(ShardMigrationStatus::state)
				.containsExactly(State.MIGRATED, State.FAILED);
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		boolean interrupted = true;
		while (interrupted) {
			try {
				latch.await();
				interrupted = false;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
	}

	@Test
	void failureSaysWhatTheShardHas() {
		try (ShardMigrations migrations = migrations(new StubSchema((shard) -> {
			if (shard.equals("shard-0")) {
				throw new IllegalStateException("Script V2 failed\n----\nMessage : no");
			}
			return DONE;
		}), Duration.ofMinutes(1))) {
			assertThat(migrations.status()).extracting(ShardMigrationStatus::state).containsOnly(State.WAITING);
			assertThatExceptionOfType(ShardMigrationException.class).isThrownBy(migrations::migrate)
				.withMessageContaining("- users on shard-0 has failed: Script V2 failed: Message : no\n")
				.satisfies((ex) -> assertThat(ex.action()).contains("start again"));
			assertThat(migrations.status())
				.extracting(ShardMigrationStatus::state, ShardMigrationStatus::version, ShardMigrationStatus::pending)
				.containsExactly(tuple(State.FAILED, "1", 1), tuple(State.MIGRATED, "2", 0));
		}
	}

	@Test
	void differencesAreDescribedForTheShardsThatDiffer() {
		assertThat(SchemaDrift
			.find(Map.of("a", content(Script.State.EXECUTED, 1), "b", content(Script.State.EXECUTED, 1)))).isEmpty();
		assertThat(
				SchemaDrift.find(Map.of("a", content(Script.State.EXECUTED, 1), "b", content(Script.State.CHANGED, 2))))
			.isEqualTo(Map.of("b", "version 1 has checksum 1 on a, has checksum 2 on b, and checksum 1 in the script"));
		assertThat(SchemaDrift.find(Map.of("a", content(Script.State.TOLERATED, 2), "b", DONE))).isEmpty();
		assertThat(SchemaDrift
			.find(Map.of("a", content(Script.State.TOLERATED, 2), "b", content(Script.State.TOLERATED, 3))))
			.containsOnlyKeys("a", "b");
	}

	private static ShardSchema.Content content(Script.State state, int checksum) {
		return new ShardSchema.Content("1", 0, 0, List.of(new Script("version 1", state, checksum, 1)));
	}

	private static ShardMigrations migrations(ShardSchema schema, Duration timeout) {
		List<LiveTopology> topologies = List.of(topology("shard-0"), topology("shard-1"));
		KeyspaceDefinition keyspace = new KeyspaceDefinition("users", List.of("shard-0", "shard-1"), "",
				() -> (key) -> "", Map.of());
		return new ShardMigrations(List.of(new ShardMigrations.Schema(keyspace, schema)), topologies,
				(topology) -> topology.configuredPrimary().dataSource(),
				new ShardMigrationOptions(2, timeout, Duration.ZERO, true));
	}

	private static LiveTopology topology(String shard) {
		Node node = new Node(shard + "/primary", shard, NodeRole.PRIMARY, null, 1, true);
		return new LiveTopology(new NodePool(node, new DriverManagerDataSource(shard)), List.of(), Clock.systemUTC());
	}

	private interface Work {

		ShardSchema.Content migrate(String shard);

	}

	private record StubSchema(Work work) implements ShardSchema {

		@Override
		public Content migrate(DataSource primary) {
			return this.work.migrate(String.valueOf(((DriverManagerDataSource) primary).getUrl()));
		}

		@Override
		public Content read(DataSource primary) {
			return new Content("1", 0, 1, List.of());
		}

	}

}
