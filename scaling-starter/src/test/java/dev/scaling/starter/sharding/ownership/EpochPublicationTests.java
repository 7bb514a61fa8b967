package dev.scaling.starter.sharding.ownership;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.RoutingContext;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.sharding.ShardDatabases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for an application whose start changes the shards of a keyspace for good.
 */
class EpochPublicationTests {

	private static ShardDatabases databases;

	@BeforeAll
	static void start() {
		databases = new ShardDatabases();
	}

	@AfterAll
	static void stop() {
		databases.close();
	}

	@Test
	void instanceOfTheNewEpochTellsTheShardsAndTheOldOneIsRefused() {
		try (ConfigurableApplicationContext old = run("1", "a,b")) {
			assertThat(one(old, "a")).isOne();
			assertThatException().isThrownBy(() -> run("2", "a,b,c").close())
				.withMessageContaining("has not been published");
			try (ConfigurableApplicationContext instance = run("2", "a,b,c",
					"scaling.keyspaces.grown.publish-epoch=true")) {
				assertThat(one(instance, "c")).isOne();
				assertThatException().isThrownBy(() -> one(old, "a"))
					.havingRootCause()
					.withMessageContaining("epoch 2");
				long sessions = sessions("a");
				run("2", "a,b,c", "scaling.keyspaces.grown.publish-epoch=true").close();
				assertThat(sessions("a")).as("sessions that a repetition has not ended")
					.isGreaterThanOrEqualTo(sessions);
			}
		}
		assertThat(databases.jdbc("d")
			.sql("SELECT count(*) FROM pg_class WHERE relname = 'scaling_shard_keyspace'")
			.query(Long.class)
			.single()).as("table on a shard that the keyspace has not").isZero();
	}

	private static int one(ConfigurableApplicationContext context, String shard) {
		return RoutingContext.onShard(shard)
			.call(() -> context.getBean(JdbcClient.class).sql("SELECT 1").query(Integer.class).single());
	}

	private static long sessions(String database) {
		return databases.jdbc(database)
			.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
			.query(Long.class)
			.single();
	}

	private static ConfigurableApplicationContext run(String epoch, String shards, String... properties) {
		Map<String, Object> nodes = new LinkedHashMap<>();
		for (String shard : new String[] { "a", "b", "c", "d" }) {
			databases.database(shard);
			nodes.put("scaling.shards." + shard + ".primary.url", databases.url(shard));
			nodes.put("scaling.shards." + shard + ".primary.username", "postgres");
		}
		nodes.put("scaling.keyspaces.grown.shards", shards);
		nodes.put("scaling.keyspaces.grown.epoch", epoch);
		return Applications.run(Application.class, nodes, properties);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
