package dev.scaling.starter.sharding.strategy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import dev.scaling.sharding.KeyRange;
import dev.scaling.sharding.RangeSharding;
import dev.scaling.sharding.ShardKeyType;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the order of {@link RangeSharding} with the server's: rows that the driver has
 * written are in the ranges that were found for their keys.
 */
class RangeOrderTests {

	private static final int KEYS = 1000;

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(0).extension();

	private final Random random = new Random(1);

	@Test
	void numbers(PostgresCluster cluster) {
		assertSameOrder(cluster, ShardKeyType.NUMBER, "numeric", List.of("-1000000000", "0", "0.5", "1e18"),
				keys((i) -> new BigDecimal(BigInteger.valueOf(this.random.nextLong()), this.random.nextInt(20))));
	}

	@Test
	void text(PostgresCluster cluster) {
		int[] alphabet = "09AZaz~é\uD7FF\uE000\uFF5E\uFFFD😀\uDBFF\uDFFD".codePoints().toArray();
		List<Object> keys = keys((i) -> IntStream.range(0, this.random.nextInt(4))
			.map((position) -> alphabet[this.random.nextInt(alphabet.length)])
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString());
		assertSameOrder(cluster, ShardKeyType.TEXT, "text COLLATE \"C\"", List.of("A", "a", "é", "\uE000", "😀", "😀a"),
				keys);
	}

	@Test
	void dates(PostgresCluster cluster) {
		assertSameOrder(cluster, ShardKeyType.DATE, "date", List.of("2024-01-01", "2024-02-29", "2025-01-01"),
				keys((i) -> LocalDate.of(2023, 1, 1).plusDays(this.random.nextInt(1000))));
	}

	@Test
	void timestampsThatTheDriverRounds(PostgresCluster cluster) {
		Instant bound = Instant.parse("2025-01-01T00:00:00Z");
		assertSameOrder(cluster, ShardKeyType.TIMESTAMP, "timestamptz",
				List.of("2025-01-01T00:00:00Z", "2025-01-01T02:00:00.000001+02:00"),
				keys((i) -> OffsetDateTime.ofInstant(bound.plusNanos(this.random.nextInt(4000) - 2000),
						ZoneOffset.ofHours(this.random.nextInt(10) - 5))));
	}

	@Test
	void uuids(PostgresCluster cluster) {
		assertSameOrder(cluster, ShardKeyType.UUID, "uuid",
				List.of("40000000-0000-0000-0000-000000000000", "80000000-0000-0000-8000-000000000000",
						"c0000000-0000-0000-0000-000000000000"),
				keys((i) -> new UUID((i % 2 == 0) ? this.random.nextLong() : 0x8000000000000000L,
						this.random.nextLong())));
	}

	private static void assertSameOrder(PostgresCluster cluster, ShardKeyType type, String column, List<String> bounds,
			List<Object> keys) {
		List<KeyRange> ranges = new ArrayList<>();
		for (int i = 0; i <= bounds.size(); i++) {
			ranges.add(new KeyRange("range-" + i, "shard-" + i, (i > 0) ? bounds.get(i - 1) : null,
					(i < bounds.size()) ? bounds.get(i) : null));
		}
		RangeSharding strategy = RangeSharding.of(type, ranges);
		JdbcTemplate template = new JdbcTemplate(cluster.primary().dataSource());
		template.execute("DROP TABLE IF EXISTS ranged");
		template.execute("CREATE TABLE ranged (range int, key " + column + ")");
		template.batchUpdate("INSERT INTO ranged VALUES (?, ?)",
				keys.stream().map((key) -> new Object[] { strategy.rangeOf(key), key }).toList());
		String sqlType = column.split(" ")[0];
		for (int i = 0; i <= bounds.size(); i++) {
			String condition = ((i > 0) ? "key >= '" + bounds.get(i - 1) + "'::" + sqlType : "true")
					+ ((i < bounds.size()) ? " AND key < '" + bounds.get(i) + "'::" + sqlType : "");
			assertThat(template
				.queryForList("SELECT key::text FROM ranged WHERE (range = " + i + ") <> (" + condition + ")"))
				.as("range %d: %s", i, condition)
				.isEmpty();
			assertThat(template.queryForObject("SELECT count(*) FROM ranged WHERE " + condition, Long.class))
				.as("keys where %s", condition)
				.isPositive();
		}
	}

	private static List<Object> keys(IntFunction<Object> generator) {
		return IntStream.range(0, KEYS).mapToObj(generator).toList();
	}

}
