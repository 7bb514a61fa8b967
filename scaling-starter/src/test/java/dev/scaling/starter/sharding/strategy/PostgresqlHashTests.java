package dev.scaling.starter.sharding.strategy;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.scaling.sharding.HashFunction;
import dev.scaling.sharding.HashSharding;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares {@link HashFunction#POSTGRESQL} with the server's hash partitioning.
 */
class PostgresqlHashTests {

	private static final int KEYS = 10_000;

	private static final String[] ALPHABETS = { "abcdefghijklmnopqrstuvwxyz0123456789@.-_", "ÄÖÜßéñ", "中文字かな한글",
			"😀🚀𝔘" };

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(0).extension();

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 7, 128, 1000 })
	void keysAreInThePartitionsOfTheServer(int modulus, PostgresCluster cluster) throws SQLException {
		List<String> shards = IntStream.range(0, modulus).mapToObj(Integer::toString).toList();
		HashSharding strategy = new HashSharding(HashFunction.POSTGRESQL, shards);
		Random random = new Random(modulus);
		try (Connection connection = cluster.primary().dataSource().getConnection()) {
			compare(connection, strategy, modulus, "int2",
					keys(random, (i) -> (short) i.nextInt(), Short.MIN_VALUE, (short) 0, Short.MAX_VALUE));
			compare(connection, strategy, modulus, "int4",
					keys(random, Random::nextInt, Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE));
			compare(connection, strategy, modulus, "int8", keys(random, (i) -> i.nextLong() >> i.nextInt(Long.SIZE),
					Long.MIN_VALUE, -1L << 32, -1L, 0L, 1L, 1L << 32, Long.MAX_VALUE));
			compare(connection, strategy, modulus, "uuid", keys(random, (i) -> new UUID(i.nextLong(), i.nextLong()),
					new UUID(0, 0), new UUID(-1, -1), new UUID(1, -2)));
			compare(connection, strategy, modulus, "text",
					keys(random, PostgresqlHashTests::text, "", "a", "x".repeat(100_000)));
		}
	}

	private static void compare(Connection connection, HashSharding strategy, int modulus, String type,
			List<Object> keys) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(
				"CREATE TABLE IF NOT EXISTS keys_%1$s (key %1$s) PARTITION BY HASH (key)".formatted(type))) {
			statement.execute();
		}
		try (PreparedStatement statement = connection.prepareStatement("""
				SELECT count(*), count(*) FILTER (WHERE satisfies_hash_partition('keys_%1$s'::regclass, ?, shard, key)),
					min(key::text) FILTER (WHERE NOT satisfies_hash_partition('keys_%1$s'::regclass, ?, shard, key))
				FROM unnest(?::%1$s[], ?::int[]) AS mapped (key, shard)
				""".formatted(type))) {
			Array values = connection.createArrayOf(type, keys.toArray());
			Array mapped = connection.createArrayOf("int4",
					keys.stream().map((key) -> Integer.valueOf(strategy.shardOf(key))).toArray());
			statement.setInt(1, modulus);
			statement.setInt(2, modulus);
			statement.setArray(3, values);
			statement.setArray(4, mapped);
			try (ResultSet result = statement.executeQuery()) {
				result.next();
				assertThat(result.getLong(1)).isEqualTo(KEYS);
				assertThat(result.getLong(2))
					.as("agree on %s modulo %d; they do not on %s", type, modulus, result.getString(3))
					.isEqualTo(KEYS);
			}
		}
	}

	private static List<Object> keys(Random random, Function<Random, Object> generator, Object... first) {
		List<Object> keys = new ArrayList<>(List.of(first));
		Stream.generate(() -> generator.apply(random)).limit(KEYS - first.length).forEach(keys::add);
		return keys;
	}

	private static String text(Random random) {
		int[] characters = random.ints(random.nextInt(40), 0, ALPHABETS.length)
			.map((alphabet) -> codePoint(ALPHABETS[alphabet], random))
			.toArray();
		return new String(characters, 0, characters.length);
	}

	private static int codePoint(String alphabet, Random random) {
		int[] characters = alphabet.codePoints().toArray();
		return characters[random.nextInt(characters.length)];
	}

}
