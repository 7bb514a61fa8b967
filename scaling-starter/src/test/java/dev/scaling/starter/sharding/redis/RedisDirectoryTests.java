package dev.scaling.starter.sharding.redis;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.ShardKey;
import dev.scaling.Shards;
import dev.scaling.starter.sharding.ShardServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the shared cache of a directory in a real Redis: it is used, nothing that it
 * says sends work to a wrong shard, and its failures stop nobody.
 */
@EnabledIf(value = "dev.scaling.starter.sharding.redis.RedisServer#isInstalled",
		disabledReason = "Debian's package redis-server is not installed")
@Timeout(60)
class RedisDirectoryTests {

	private static final String KEYSPACE = "redis-tenants";

	private static final List<String> SHARDS = List.of("shard-0", "shard-1");

	private static RedisServer redis;

	private static ConfigurableApplicationContext first;

	private static ConfigurableApplicationContext second;

	@BeforeAll
	static void start() throws Exception {
		SHARDS.forEach((shard) -> ShardServers.execute(shard,
				"CREATE TABLE redis_order (id bigint PRIMARY KEY, tenant text NOT NULL)"));
		redis = RedisServer.start();
		first = run();
		second = run();
		shards(first).directory().assign("started", "shard-0");
		awaitShared(first);
		awaitShared(second);
	}

	@AfterAll
	static void stop() throws Exception {
		first.close();
		second.close();
		redis.close();
		SHARDS.forEach((shard) -> ShardServers.execute(shard, "DROP TABLE redis_order"));
	}

	@Test
	void instancesShareEntriesWithoutSecrets() {
		String shard = shards(first).locate("shared").shard();
		assertThat(stored("shared")).isEqualTo("0:" + shard);
		forgetInTheTable("shared");
		assertThat(shards(second).locate("shared").shard()).isEqualTo(shard);
		StringRedisTemplate template = first.getBean(StringRedisTemplate.class);
		Map<String, String> all = new HashMap<>();
		template.keys("*").forEach((key) -> all.put(key, String.valueOf(template.opsForValue().get(key))));
		assertThat(all).isNotEmpty()
			.allSatisfy((key, value) -> assertThat(key).startsWith("directory::" + KEYSPACE + ":"))
			.allSatisfy((key, value) -> assertThat(value).matches("\\d+:shard-[01]"));
		assertThat(template.getExpire("directory::" + KEYSPACE + ":shared")).isPositive();
	}

	@Test
	void changeIsSeenThroughBothLayersAndAnOldEntryIsNotBelieved() {
		shards(first).directory().assign("moved", "shard-0");
		orders(first).create(1, "moved");
		orders(second).create(2, "moved");
		String old = stored("moved");
		shards(first).directory().move("moved", "shard-1");
		await().atMost(Duration.ofSeconds(1)).until(() -> shards(second).locate("moved").shard().equals("shard-1"));
		assertThat(shards(first).locate("moved").shard()).isEqualTo("shard-1");
		first.getBean(StringRedisTemplate.class).opsForValue().set("directory::" + KEYSPACE + ":moved", old);
		try (ConfigurableApplicationContext third = run()) {
			awaitShared(third);
			assertThat(shards(third).locate("moved").shard()).isEqualTo("shard-1");
			orders(third).create(3, "moved");
		}
		orders(first).create(4, "moved");
		orders(second).create(5, "moved");
		assertThat(rows("shard-1", "moved")).isEqualTo(5);
		assertThat(rows("shard-0", "moved")).isZero();
	}

	@Test
	void applicationGoesOnWithoutARedisThatCrashes() throws Exception {
		orders(first).create(100, "before");
		redis.kill();
		try {
			assertWorkGoesOn("killed", 1000);
			shards(first).directory()
				.move("killed-0", shards(first).locate("killed-0").shard().equals("shard-0") ? "shard-1" : "shard-0");
			assertEachIsAtHome();
		}
		finally {
			redis.restart();
		}
		awaitShared(first);
		awaitShared(second);
	}

	/**
	 * 200 look-ups of 200 ms each would take longer than the test may.
	 */
	@Test
	@Timeout(25)
	void applicationGoesOnWithoutARedisThatHangs() throws Exception {
		redis.stop();
		try {
			assertWorkGoesOn("stopped", 2000);
			assertEachIsAtHome();
		}
		finally {
			redis.resume();
		}
		awaitShared(first);
		awaitShared(second);
	}

	private static void assertWorkGoesOn(String prefix, int ids) {
		for (int i = 0; i < 100; i++) {
			orders(first).create(ids + 2 * i, prefix + "-" + i);
			orders(second).create(ids + 2 * i + 1, prefix + "-" + i);
		}
		assertThat(SHARDS.stream().mapToLong((shard) -> rows(shard, prefix + "-%")).sum()).isEqualTo(200);
	}

	/**
	 * No tenant has rows on a shard that is not its own.
	 */
	private static void assertEachIsAtHome() {
		for (String shard : SHARDS) {
			List<String> tenants = JdbcClient.create(ShardServers.cluster(shard).primary().dataSource())
				.sql("SELECT DISTINCT tenant FROM redis_order")
				.query(String.class)
				.list();
			assertThat(tenants)
				.allSatisfy((tenant) -> assertThat(shards(first).directory().find(tenant)).contains(shard));
		}
	}

	/**
	 * Waits until an instance believes the shared cache.
	 */
	private static void awaitShared(ConfigurableApplicationContext context) {
		await().atMost(Duration.ofSeconds(20)).ignoreExceptionsInstanceOf(DataAccessException.class).until(() -> {
			String key = "probe-" + System.nanoTime();
			context.getBean(StringRedisTemplate.class)
				.opsForValue()
				.set("directory::" + KEYSPACE + ":" + key, "9999:shard-1");
			String located = shards(context).locate(key).shard();
			return located.equals("shard-1") && shards(context).directory().find(key).isEmpty();
		});
	}

	private static String stored(String key) {
		return String
			.valueOf(first.getBean(StringRedisTemplate.class).opsForValue().get("directory::" + KEYSPACE + ":" + key));
	}

	private static void forgetInTheTable(String key) {
		ShardServers.execute("main", "DELETE FROM scaling_directory WHERE key = '" + key + "'");
	}

	private static long rows(String shard, String tenant) {
		return ShardServers.number(shard, "SELECT count(*) FROM redis_order WHERE tenant LIKE '" + tenant + "'");
	}

	private static Shards shards(ConfigurableApplicationContext context) {
		return context.getBean(Shards.class);
	}

	private static Orders orders(ConfigurableApplicationContext context) {
		return context.getBean(Orders.class);
	}

	private static ConfigurableApplicationContext run() {
		String keyspace = "scaling.keyspaces." + KEYSPACE + ".";
		return ShardServers.run(Application.class, keyspace + "strategy=directory", keyspace + "shards=shard-0,shard-1",
				keyspace + "tables.redis_order=tenant", keyspace + "directory.unknown-keys=assign",
				keyspace + "directory.shared-cache=directory", keyspace + "directory.cache-size=1000",
				"test.redis.port=" + redis.port());
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import(Orders.class)
	static class Application {

		@Bean
		LettuceConnectionFactory redisConnectionFactory(@Value("${test.redis.port}") int port) {
			return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port),
					LettuceClientConfiguration.builder()
						.commandTimeout(Duration.ofMillis(200))
						.shutdownTimeout(Duration.ZERO)
						.build());
		}

		@Bean
		StringRedisTemplate redisTemplate(LettuceConnectionFactory connections) {
			return new StringRedisTemplate(connections);
		}

		@Bean
		RedisCacheManager cacheManager(LettuceConnectionFactory connections) {
			return RedisCacheManager.builder(connections)
				.cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
					.entryTtl(Duration.ofHours(1))
					.serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.string())))
				.build();
		}

	}

	static class Orders {

		private final JdbcClient jdbc;

		Orders(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		void create(long id, @ShardKey String tenant) {
			this.jdbc.sql("INSERT INTO redis_order VALUES (?, ?)").params(id, tenant).update();
		}

	}

}
