package dev.scaling.starter.sharding.ownership;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.scaling.ShardOwnershipException;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.ShardClaim;
import dev.scaling.sharding.ShardOwnership;
import dev.scaling.sharding.ShardWiringException;
import dev.scaling.starter.sharding.ShardDatabases;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for the question to a shard whether it is the one that is meant.
 */
class ShardOwnershipTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static ShardDatabases databases;

	@BeforeAll
	static void start() {
		databases = new ShardDatabases();
	}

	@AfterAll
	static void stop() {
		databases.close();
	}

	@BeforeEach
	void forget() {
		for (String shard : List.of("shard-0", "shard-1")) {
			databases.jdbc(shard).sql("DROP TABLE IF EXISTS scaling_shard_keyspace").update();
		}
	}

	@Test
	void firstConnectionTellsTheShardWhatItOwns() throws SQLException {
		check("shard-1", "shard-1", users(1, "shard-0", "shard-1"));
		assertThat(databases.jdbc("shard-1")
			.sql("SELECT keyspace || '|' || shard || '|' || position || '|' || shards::text || '|' || mapping || '|'"
					+ " || epoch FROM scaling_shard_keyspace")
			.query(String.class)
			.single()).isEqualTo("users|shard-1|1|{shard-0,shard-1}|hash over [shard-0, shard-1]|1");
		assertThatNoException().isThrownBy(() -> check("shard-1", "shard-1", users(1, "shard-0", "shard-1")));
	}

	@Test
	void normalCheckIsOneRoundTrip() throws SQLException {
		check("shard-0", "shard-0", users(1, "shard-0", "shard-1"));
		databases.server().primary().resetStatements();
		check("shard-0", "shard-0", users(1, "shard-0", "shard-1"));
		assertThat(databases.server().primary().statements("scaling_shard_keyspace")).isOne();
	}

	@Test
	void manyInstancesMayStartAtOnce() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(16);
		try {
			List<Future<?>> checks = IntStream.range(0, 16).<Future<?>>mapToObj((i) -> executor.submit(() -> {
				check("shard-0", "shard-0", users(1, "shard-0", "shard-1"));
				return null;
			})).toList();
			for (Future<?> check : checks) {
				check.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(rows("shard-0")).isOne();
	}

	@Test
	void anotherKeyspaceIsAdded() throws SQLException {
		check("shard-0", "shard-0", users(1, "shard-0", "shard-1"));
		check("shard-0", "shard-0", users(1, "shard-0", "shard-1"), claim("orders", 1, "shard-0"));
		assertThat(rows("shard-0")).isEqualTo(2);
	}

	@Test
	void shardWithoutRowsOfAKeyspaceIsNotAsked() throws SQLException {
		check("shard-2", "shard-0", users(1, "shard-0", "shard-1"));
		assertThat(databases.jdbc("shard-0")
			.sql("SELECT count(*) FROM pg_class WHERE relname = 'scaling_shard_keyspace'")
			.query(Long.class)
			.single()).isZero();
	}

	@Test
	void twoNamesOnOneDatabaseAreRefused() throws SQLException {
		check("shard-0", "shard-0", users(1, "shard-0", "shard-1"));
		assertThatExceptionOfType(ShardOwnershipException.class)
			.isThrownBy(() -> check("shard-1", "shard-0", users(1, "shard-0", "shard-1")))
			.withMessage("Property 'scaling.shards.shard-1' leads to a database that holds shard 'shard-0' of keyspace"
					+ " 'users', and not 'shard-1'. Correct the URL. Each shard needs a database of its own, and keeps"
					+ " its name.")
			.matches((ex) -> ex.getSQLState().equals("SC001"));
	}

	@Test
	void reorderedListIsRefused() throws SQLException {
		check("shard-0", "shard-0", users(1, "shard-0", "shard-1"));
		assertThatExceptionOfType(ShardOwnershipException.class)
			.isThrownBy(() -> check("shard-0", "shard-0", users(1, "shard-1", "shard-0")))
			.withMessage("Property 'scaling.keyspaces.users.shards' is [shard-1,shard-0] (epoch 1), but shard 'shard-0'"
					+ " has been told [shard-0,shard-1] of keyspace 'users': the order is part of the mapping, and keys"
					+ " would be sought on other shards. Restore the list. To change the list for good, raise the epoch,"
					+ " move the rows, and publish it.")
			.matches((ex) -> ex.getSQLState().equals("SC001"));
	}

	@Test
	void otherPositionIsRefused() throws SQLException {
		check("shard-0", "shard-0", users(1, "shard-0", "shard-1"));
		databases.jdbc("shard-0").sql("UPDATE scaling_shard_keyspace SET position = 1").update();
		assertThatExceptionOfType(ShardOwnershipException.class)
			.isThrownBy(() -> check("shard-0", "shard-0", users(1, "shard-0", "shard-1")))
			.withMessageContaining("puts shard 'shard-0' at position 0, but it is at position 1");
	}

	@Test
	void otherMappingIsRefused() throws SQLException {
		KeyspaceDefinition keyspace = new KeyspaceDefinition("users", List.of("shard-0"), "range a",
				() -> (key) -> null, Map.of());
		check("shard-0", "shard-0", new ShardClaim(keyspace, false, 1));
		KeyspaceDefinition other = new KeyspaceDefinition("users", List.of("shard-1", "shard-0"), "range b",
				() -> (key) -> null, Map.of());
		assertThatExceptionOfType(ShardOwnershipException.class)
			.isThrownBy(() -> check("shard-0", "shard-0", new ShardClaim(other, false, 1)))
			.withMessageContaining("says 'range b', but shard 'shard-0' has been told 'range a'");
	}

	@Test
	void userWithoutRightsIsToldTheSql() throws SQLException {
		String user = "stranger";
		databases.jdbc("shard-0").sql("CREATE USER " + user).update();
		DataSource dataSource = new DriverManagerDataSource(databases.url("shard-0"), user, "");
		ShardOwnership ownership = new ShardOwnership("shard-0", List.of(users(1, "shard-0", "shard-1")));
		String message = null;
		try (Connection connection = dataSource.getConnection()) {
			ownership.check(connection);
		}
		catch (ShardOwnershipException ex) {
			message = ex.getMessage();
		}
		assertThat(message).contains("permission denied");
		String sql = message.substring(message.indexOf("CREATE TABLE"));
		databases.jdbc("shard-0").sql(sql).update();
		try (Connection connection = dataSource.getConnection()) {
			assertThatNoException().isThrownBy(() -> ownership.check(connection));
		}
	}

	@Test
	void publishedListEndsOldSessionsAndRefusesOldInstances() throws SQLException {
		RoutingDataSource old = instance(users(1, "shard-0"));
		try (Connection connection = old.getConnection()) {
			connection.createStatement().execute("SELECT 1");
			assertThat(publish(users(2, "shard-0", "shard-1"))).isPositive();
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> connection.createStatement().execute("SELECT 1"));
		}
		long start = System.nanoTime();
		assertThatExceptionOfType(ShardOwnershipException.class).isThrownBy(() -> {
			try (Connection connection = old.getConnection()) {
				connection.createStatement().execute("CREATE TABLE wrong (id int)");
			}
		})
			.withMessage("Property 'scaling.keyspaces.users.epoch' is 1, but shard 'shard-0' is in epoch 2 of keyspace"
					+ " 'users', with 'hash over [shard-0, shard-1]': this instance has an outdated list of shards."
					+ " Restart it with the configuration of that epoch.")
			.matches((ex) -> ex.getSQLState().equals("SC002"));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
		try (Connection connection = instance(users(2, "shard-0", "shard-1")).getConnection()) {
			assertThatNoException().isThrownBy(() -> connection.createStatement().execute("SELECT 1"));
		}
	}

	@Test
	void instanceWhoseListIsNotPublishedIsRefused() throws SQLException {
		check("shard-0", "shard-0", users(1, "shard-0"));
		assertThatExceptionOfType(ShardOwnershipException.class)
			.isThrownBy(() -> check("shard-0", "shard-0", users(2, "shard-0", "shard-1")))
			.withMessageContaining("has not been published");
	}

	@Test
	void shardThatLeavesTheListIsToldSo() throws SQLException {
		check("shard-1", "shard-1", users(1, "shard-0", "shard-1"));
		publish(users(2, "shard-0"));
		assertThatExceptionOfType(ShardOwnershipException.class)
			.isThrownBy(() -> check("shard-1", "shard-1", users(1, "shard-0", "shard-1")));
	}

	@Test
	void epochIsPublishedOnce() throws SQLException {
		publish(users(2, "shard-0", "shard-1"));
		assertThatNoException().isThrownBy(() -> publish(users(2, "shard-0", "shard-1")));
		assertThatExceptionOfType(ShardOwnershipException.class)
			.isThrownBy(() -> publish(users(2, "shard-1", "shard-0")))
			.withMessageContaining("Choose the epoch after the highest one");
		assertThatIllegalArgumentException().isThrownBy(() -> publish(users(3, "shard-0", "shard-9")))
			.withMessageContaining("shard-9");
	}

	@Test
	void databasesOfAllShardsAreComparedAtTheStart() {
		LiveTopology first = databases.topology("shard-0", "shard-0", 1, (connection) -> {
		});
		LiveTopology other = databases.topology("shard-1", "shard-1", 1, (connection) -> {
		});
		assertThatNoException().isThrownBy(() -> ShardOwnership.verify(List.of(first, other)));
		LiveTopology same = databases.topology("shard-1", "shard-0", 1, (connection) -> {
		});
		assertThatExceptionOfType(ShardWiringException.class)
			.isThrownBy(() -> ShardOwnership.verify(List.of(first, same)))
			.withMessage("Shards 'shard-0' and 'shard-1' are the same database (properties"
					+ " 'scaling.shards.shard-0.primary.url' and 'scaling.shards.shard-1.primary.url'). Correct one of"
					+ " the URLs: each shard needs a database of its own.");
	}

	@Test
	void refusalOfAShardIsFoundAtTheStart() throws SQLException {
		check("shard-0", "shard-0", users(1, "shard-0", "shard-1"));
		LiveTopology shard = databases.topology("shard-1", "shard-0", 1,
				new ShardOwnership("shard-1", List.of(users(1, "shard-0", "shard-1"))));
		assertThatExceptionOfType(ShardWiringException.class).isThrownBy(() -> ShardOwnership.verify(List.of(shard)))
			.withMessageContaining("holds shard 'shard-0'");
	}

	@Test
	void replicaIsBelievedWhileItMayBeBehind() throws SQLException {
		try (PostgresCluster shard = PostgresCluster.builder().replicas(1).start()) {
			check(shard.replica(1), users(1, "shard-0"));
			check(shard.primary(), users(1, "shard-0"));
			shard.awaitReplication();
			check(shard.replica(1), users(1, "shard-0"));
			check(shard.replica(1), users(2, "shard-0", "shard-1"));
			assertThatExceptionOfType(ShardOwnershipException.class)
				.isThrownBy(() -> check(shard.replica(1), users(1, "shard-1", "shard-0")))
				.withMessageContaining("has been told [shard-0]");
			ShardOwnership.publish(users(2, "shard-0"), Map.of("shard-0", shard.primary().dataSource()), TIMEOUT);
			shard.awaitReplication();
			assertThatExceptionOfType(ShardOwnershipException.class)
				.isThrownBy(() -> check(shard.replica(1), users(1, "shard-0")))
				.withMessageContaining("outdated list");
		}
	}

	private static void check(PostgresNode node, ShardClaim claim) throws SQLException {
		try (Connection connection = node.dataSource().getConnection()) {
			new ShardOwnership("shard-0", List.of(claim)).check(connection);
		}
	}

	private static void check(String shard, String database, ShardClaim... claims) throws SQLException {
		try (Connection connection = databases.database(database).getConnection()) {
			new ShardOwnership(shard, List.of(claims)).check(connection);
			assertThat(connection.getAutoCommit()).isTrue();
		}
	}

	private static RoutingDataSource instance(ShardClaim claim) {
		LiveTopology topology = databases.topology("shard-0", "shard-0", 2,
				new ShardOwnership("shard-0", List.of(claim)));
		return ShardDatabases.routing(Map.of("shard-0", topology), null);
	}

	private static int publish(ShardClaim claim) throws SQLException {
		return ShardOwnership.publish(claim,
				Map.of("shard-0", databases.database("shard-0"), "shard-1", databases.database("shard-1")), TIMEOUT);
	}

	private static long rows(String database) {
		return databases.jdbc(database).sql("SELECT count(*) FROM scaling_shard_keyspace").query(Long.class).single();
	}

	private static ShardClaim users(long epoch, String... shards) {
		return claim("users", epoch, shards);
	}

	private static ShardClaim claim(String name, long epoch, String... shards) {
		return new ShardClaim(new KeyspaceDefinition(name, List.of(shards), "hash over " + List.of(shards),
				() -> (key) -> null, Map.of()), true, epoch);
	}

}
