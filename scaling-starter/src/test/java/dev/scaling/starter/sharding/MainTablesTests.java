package dev.scaling.starter.sharding;

import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the warning of tables of keyspaces that {@code main} has, too.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class MainTablesTests {

	private static final String[] KEYSPACE = { "scaling.keyspaces.doubled.shards=shard-0,shard-1",
			"scaling.keyspaces.doubled.tables.doubled_order=tenant",
			"scaling.keyspaces.doubled.tables.doubled_item=tenant" };

	@BeforeAll
	static void create() {
		ShardServers.execute("main", "CREATE TABLE doubled_order (id bigint, tenant text)");
		ShardServers.execute("shard-0", "CREATE TABLE doubled_order (id bigint, tenant text)");
		ShardServers.execute("shard-0", "CREATE TABLE doubled_item (id bigint, tenant text)");
	}

	@AfterAll
	static void drop() {
		ShardServers.execute("main", "DROP TABLE doubled_order");
		ShardServers.execute("shard-0", "DROP TABLE doubled_order, doubled_item");
	}

	@Test
	void tableThatMainHasIsNamedOnce(CapturedOutput output) {
		try (ConfigurableApplicationContext context = ShardServers.run(Application.class, KEYSPACE)) {
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(output)
					.contains("Table 'doubled_order' of keyspace 'doubled' exists in cluster 'main'"));
			awaitEnd();
			assertThat(output).contains("scaling.keyspaces.doubled.tables")
				.containsOnlyOnce("Table 'doubled_order'")
				.doesNotContain("Table 'doubled_item'");
		}
	}

	@Test
	void nothingIsLookedAtWithoutMain(CapturedOutput output) {
		try (ConfigurableApplicationContext context = ShardServers.runWithoutMain(Application.class, KEYSPACE)) {
			awaitEnd();
			assertThat(output).doesNotContain("exists in cluster 'main'");
		}
	}

	@Test
	void startDoesNotWaitForMain(CapturedOutput output) throws Exception {
		ShardServers.cluster("main").primary().freeze();
		try (ConfigurableApplicationContext context = ShardServers.run(Application.class, KEYSPACE[0], KEYSPACE[1],
				"scaling.failover.start-without-primary=true")) {
			assertThat(context.isRunning()).isTrue();
		}
		finally {
			ShardServers.cluster("main").primary().resume();
		}
		assertThat(output).doesNotContain("exists in cluster 'main'");
	}

	private static void awaitEnd() {
		await().atMost(Duration.ofSeconds(30))
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().equals("scaling-main-tables")));
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
