package dev.scaling.starter.sharding;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.scaling.Shards;
import dev.scaling.starter.connection.Pools;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that rows are on the shard that their strategy says, for many keys of each type.
 */
class StrategyTests {

	private static final int KEYS = 100_000;

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "CREATE UNLOGGED TABLE IF NOT EXISTS strategy_row (shard text, key text)");
		}
		context = ShardServers.run(Application.class, "scaling.keyspaces.md5.shards=shard-0,shard-1",
				"scaling.keyspaces.pg-number.function=postgresql", "scaling.keyspaces.pg-number.type=number",
				"scaling.keyspaces.pg-number.shards=shard-1,shard-0", "scaling.keyspaces.pg-text.function=postgresql",
				"scaling.keyspaces.pg-text.type=text", "scaling.keyspaces.pg-text.shards=shard-1,shard-0",
				"scaling.keyspaces.pg-uuid.function=postgresql", "scaling.keyspaces.pg-uuid.type=uuid",
				"scaling.keyspaces.pg-uuid.shards=shard-1,shard-0",
				"scaling.keyspaces.consistent.strategy=consistent-hash",
				"scaling.keyspaces.consistent.shards=shard-0,shard-1", "scaling.keyspaces.consistent.weights.shard-1=3",
				"scaling.keyspaces.dates.strategy=range", "scaling.keyspaces.dates.type=date",
				"scaling.keyspaces.dates.ranges[0].name=old", "scaling.keyspaces.dates.ranges[0].shard=shard-0",
				"scaling.keyspaces.dates.ranges[0].to=2025-01-01", "scaling.keyspaces.dates.ranges[1].name=new",
				"scaling.keyspaces.dates.ranges[1].shard=shard-1", "scaling.keyspaces.dates.ranges[1].from=2025-01-01");
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	static Stream<Arguments> keys() {
		Random random = new Random(42);
		Function<Integer, Object> longs = (i) -> random.nextLong();
		Function<Integer, Object> texts = (i) -> "key-" + Long.toString(random.nextLong(), 36) + "-\u00e4";
		Function<Integer, Object> uuids = (i) -> new UUID(random.nextLong(), random.nextLong());
		Function<Integer, Object> ints = (i) -> random.nextInt();
		Function<Integer, Object> dates = (i) -> LocalDate.of(2025, 1, 1).plusDays(random.nextInt(2000) - 1000);
		return Stream.of(Arguments.of("md5", longs), Arguments.of("md5", texts), Arguments.of("md5", uuids),
				Arguments.of("pg-number", longs), Arguments.of("pg-number", ints), Arguments.of("pg-text", texts),
				Arguments.of("pg-uuid", uuids), Arguments.of("consistent", longs), Arguments.of("consistent", texts),
				Arguments.of("consistent", uuids), Arguments.of("dates", dates));
	}

	/**
	 * Keys are grouped and inserted once for each shard, and the shards are asked
	 * directly.
	 */
	@ParameterizedTest
	@MethodSource("keys")
	void rowsAreWhereTheStrategySays(String keyspace, Function<Integer, Object> generator) {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "TRUNCATE strategy_row");
		}
		Shards shards = context.getBean(Shards.class).of(keyspace);
		List<Object> keys = Stream.iterate(0, (i) -> i + 1).limit(KEYS).map(generator).toList();
		JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
		Map<String, List<Object>> groups = shards.group(keys);
		groups.forEach((shard, group) -> shards.runOn(shard,
				() -> jdbc.update("INSERT INTO strategy_row SELECT ?, unnest(?::text[])", shard,
						group.stream().map(Object::toString).toArray(String[]::new))));
		long rows = 0;
		for (String shard : List.of("shard-0", "shard-1")) {
			JdbcClient direct = JdbcClient.create(ShardServers.cluster(shard).primary().dataSource());
			assertThat(direct.sql("SELECT count(*) FROM strategy_row WHERE shard <> ?")
				.param(shard)
				.query(Long.class)
				.single()).isZero();
			rows += ShardServers.number(shard, "SELECT count(*) FROM strategy_row");
		}
		assertThat(rows).isEqualTo(KEYS);
		for (int i = 0; i < KEYS; i += 1009) {
			Object key = keys.get(i);
			String shard = shards.locate(key).shard();
			JdbcClient direct = JdbcClient.create(ShardServers.cluster(shard).primary().dataSource());
			assertThat(direct.sql("SELECT count(*) FROM strategy_row WHERE key = ?")
				.param(key.toString())
				.query(Long.class)
				.single()).isPositive();
		}
		Pools.of(context.getBean(DataSource.class)).awaitDrained();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
