package dev.scaling.starter.sharding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.scaling.ShardKey;
import dev.scaling.ShardKeyException;
import dev.scaling.ShardMove;
import dev.scaling.Shards;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for keys whose shard a table says, in applications.
 */
class ShardDirectoryTests {

	private static final String[] KEYSPACE = { "scaling.keyspaces.tenants.strategy=directory",
			"scaling.keyspaces.tenants.shards=shard-0,shard-1",
			"scaling.keyspaces.tenants.directory.unknown-keys=assign",
			"scaling.keyspaces.tenants.tables.tenant_order=tenant" };

	@BeforeEach
	void create() {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard,
					"CREATE TABLE IF NOT EXISTS tenant_order (id bigint PRIMARY KEY, tenant text NOT NULL)");
		}
	}

	@AfterEach
	void drop() {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "DROP TABLE tenant_order");
			ShardServers.execute(shard, "DELETE FROM scaling_shard_keyspace WHERE keyspace = 'tenants'");
		}
	}

	@Test
	void unknownKeysAreSpreadOverTheShards() {
		try (ConfigurableApplicationContext context = ShardServers.run(Application.class, KEYSPACE)) {
			Orders orders = context.getBean(Orders.class);
			for (int i = 0; i < 10; i++) {
				orders.create(i, "spread-" + i);
			}
			assertThat(ShardServers.number("shard-0", "SELECT count(*) FROM tenant_order")).isEqualTo(5);
			assertThat(ShardServers.number("shard-1", "SELECT count(*) FROM tenant_order")).isEqualTo(5);
		}
	}

	@Test
	void unknownKeysFailWhereTheyAreNotAssigned() {
		String[] failing = KEYSPACE.clone();
		failing[2] = "scaling.keyspaces.tenants.directory.unknown-keys=fail";
		try (ConfigurableApplicationContext context = ShardServers.run(Application.class, failing)) {
			Orders orders = context.getBean(Orders.class);
			assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> orders.create(1, "nobody"))
				.withMessageContaining("No shard owns key nobody");
			context.getBean(Shards.class).directory().assign("somebody", "shard-1");
			orders.create(2, "somebody");
			assertThat(ShardServers.number("shard-1", "SELECT count(*) FROM tenant_order")).isOne();
		}
	}

	@Test
	void otherStrategiesHaveNoDirectory() {
		try (ConfigurableApplicationContext context = ShardServers.run(Application.class,
				"scaling.keyspaces.tenants.shards=shard-0,shard-1")) {
			assertThatIllegalStateException().isThrownBy(() -> context.getBean(Shards.class).directory())
				.withMessageContaining("tenants");
		}
	}

	/**
	 * Two instances write to a tenant while it is moved, each time by the first statement
	 * of a transaction: none of them is refused.
	 */
	@Test
	void nothingIsLostWhileAKeyIsMoved() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		AtomicLong ids = new AtomicLong();
		AtomicLong acknowledged = new AtomicLong();
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try (ConfigurableApplicationContext first = ShardServers.run(Application.class, KEYSPACE);
				ConfigurableApplicationContext second = ShardServers.run(Application.class, KEYSPACE)) {
			Shards shards = first.getBean(Shards.class);
			String home = shards.directory().assign("acme");
			String other = home.equals("shard-0") ? "shard-1" : "shard-0";
			List<Future<?>> writers = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				Orders orders = ((i % 2 == 0) ? first : second).getBean(Orders.class);
				writers.add(threads.submit(() -> write(orders, ids, acknowledged, stop)));
			}
			await().until(() -> acknowledged.get() > 200);
			ShardMove move = shards.directory().move("acme", other);
			assertThat(move).isNotNull();
			long after = acknowledged.get();
			await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.get() > after + 200);
			assertThat(shards.locate("acme").shard()).isEqualTo(other);
			await().atMost(Duration.ofSeconds(2))
				.until(() -> second.getBean(Shards.class).locate("acme").shard().equals(other));
			stop.set(true);
			for (Future<?> writer : writers) {
				writer.get(30, TimeUnit.SECONDS);
			}
			assertThat(ShardServers.number(other, "SELECT count(*) FROM tenant_order")).isEqualTo(acknowledged.get());
			assertThat(ShardServers.number(home, "SELECT count(*) FROM tenant_order")).isZero();
		}
		finally {
			stop.set(true);
			threads.shutdownNow();
		}
	}

	private static void write(Orders orders, AtomicLong ids, AtomicLong acknowledged, AtomicBoolean stop) {
		while (!stop.get()) {
			orders.create(ids.incrementAndGet(), "acme");
			acknowledged.incrementAndGet();
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import(Orders.class)
	static class Application {

	}

	static class Orders {

		private final JdbcClient jdbc;

		Orders(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		void create(long id, @ShardKey String tenant) {
			this.jdbc.sql("INSERT INTO tenant_order VALUES (?, ?)").params(id, tenant).update();
		}

	}

}
