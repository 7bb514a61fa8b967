package dev.scaling.starter.sharding;

import java.time.Duration;
import java.util.Map;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.RoutingContext;
import dev.scaling.ShardOwnershipException;
import dev.scaling.starter.adoption.Applications;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for applications whose configuration is not that of the shards.
 */
class ShardWiringTests {

	private static final String SHARDS = "scaling.keyspaces.wiring.shards=";

	@BeforeEach
	void register() {
		ShardServers.run(Application.class, SHARDS + "shard-0,shard-1").close();
	}

	@AfterEach
	void forget() {
		for (String shard : new String[] { "shard-0", "shard-1" }) {
			ShardServers.execute(shard, "DELETE FROM scaling_shard_keyspace WHERE keyspace = 'wiring'");
		}
	}

	@Test
	void sameConfigurationStarts() {
		assertThatNoException()
			.isThrownBy(() -> ShardServers.run(Application.class, SHARDS + "shard-0,shard-1").close());
	}

	@Test
	void reorderedListIsRefusedAtTheStart() {
		assertThatException().isThrownBy(() -> ShardServers.run(Application.class, SHARDS + "shard-1,shard-0").close())
			.withMessageContaining("scaling.keyspaces.wiring.shards")
			.withMessageContaining("[shard-1,shard-0]")
			.withMessageContaining("[shard-0,shard-1]");
	}

	@Test
	void anotherFunctionIsRefusedAtTheStart() {
		assertThatException()
			.isThrownBy(
					() -> ShardServers
						.run(Application.class, SHARDS + "shard-0,shard-1",
								"scaling.keyspaces.wiring.function=postgresql", "scaling.keyspaces.wiring.type=number")
						.close())
			.withMessageContaining("hash (postgresql)")
			.withMessageContaining("hash (md5)");
	}

	@Test
	void twoShardsOnOneDatabaseAreRefused() {
		String url = ShardServers.cluster("shard-0").primary().jdbcUrl();
		assertThatException()
			.isThrownBy(() -> Applications
				.run(Application.class,
						Map.of("scaling.shards.a.primary.url", url, "scaling.shards.a.primary.username", "postgres",
								"scaling.shards.b.primary.url", url, "scaling.shards.b.primary.username", "postgres"))
				.close())
			.withMessageContaining("are the same database");
	}

	/**
	 * The instance was right when it started.
	 */
	@Test
	void instanceWithAnOutdatedListIsRefusedWhileItRuns() {
		try (ConfigurableApplicationContext context = ShardServers.run(Application.class, SHARDS + "shard-0,shard-1")) {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			RoutingContext.onShard("shard-1")
				.run(() -> assertThat(jdbc.sql("SELECT 1").query(Integer.class).single()).isOne());
			ShardServers.execute("shard-1", "UPDATE scaling_shard_keyspace SET epoch = 2 WHERE keyspace = 'wiring'");
			HikariPoolMXBean pool = context.getBean("shard-1/primaryDataSource", HikariDataSource.class)
				.getHikariPoolMXBean();
			// The pool may be adding a connection that has asked before the update.
			await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
				pool.softEvictConnections();
				assertThatException()
					.isThrownBy(() -> RoutingContext.onShard("shard-1")
						.run(() -> jdbc.sql("SELECT 1").query(Integer.class).single()))
					.havingRootCause()
					.isInstanceOf(ShardOwnershipException.class)
					.withMessageContaining("outdated list of shards");
			});
			RoutingContext.onShard("shard-0")
				.run(() -> assertThat(jdbc.sql("SELECT 1").query(Integer.class).single()).isOne());
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
