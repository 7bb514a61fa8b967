package dev.scaling.starter.sharding;

import java.time.Duration;
import java.util.Map;

import javax.sql.DataSource;

import dev.scaling.RoutingContext;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.RoutingReason;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.connection.Pools;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for shards that fail: the others do not notice.
 */
class ShardFailureTests {

	private final PostgresCluster shard0 = PostgresCluster.builder().replicas(1).start();

	private final PostgresCluster shard1 = PostgresCluster.builder().replicas(0).start();

	private ConfigurableApplicationContext context;

	@BeforeEach
	void start() {
		for (PostgresCluster shard : new PostgresCluster[] { this.shard0, this.shard1 }) {
			JdbcClient.create(shard.primary().dataSource()).sql("CREATE TABLE account (id bigint)").update();
		}
	}

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.shard0.close();
		this.shard1.close();
	}

	@Test
	void crashOfAShardLeavesTheOthersAloneUntilItsReplicaIsPromoted() {
		this.context = run();
		write("shard-0", 1);
		write("shard-1", 2);
		this.shard0.primary().kill();
		assertThatException().isThrownBy(() -> write("shard-0", 3));
		for (int i = 0; i < 100; i++) {
			write("shard-1", i);
		}
		assertThat(count("shard-1")).isEqualTo(101);
		assertThat(this.context.getBean(Clusters.class)
			.find("shard-1")
			.orElseThrow()
			.configuredPrimary()
			.decisions(RoutingReason.NO_REPLICAS)).isOne();
		assertThat(ConsistencySession.open().call(() -> count("shard-0"))).isOne();
		this.shard0.replicas().get(0).promote();
		write("shard-0", 4);
		assertThat(count("shard-0")).isEqualTo(2);
		Pools.of(this.context.getBean(DataSource.class)).awaitDrained();
	}

	@Test
	void applicationStartsWithAShardDown() {
		this.shard1.primary().kill();
		this.context = run();
		write("shard-0", 1);
		assertThatException().isThrownBy(() -> write("shard-1", 2)).withMessageContaining("shard-1/primary");
		this.shard1.primary().start();
		await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> write("shard-1", 3));
		assertThat(count("shard-1")).isOne();
	}

	private ConfigurableApplicationContext run() {
		return Applications.run(Application.class,
				Map.of("scaling.shards.shard-0.primary.url", this.shard0.primary().jdbcUrl(),
						"scaling.shards.shard-0.primary.username", "postgres",
						"scaling.shards.shard-0.replicas.replica-1.url", this.shard0.replicas().get(0).jdbcUrl(),
						"scaling.shards.shard-1.primary.url", this.shard1.primary().jdbcUrl(),
						"scaling.shards.shard-1.primary.username", "postgres"),
				"scaling.keyspaces.accounts.shards=shard-0,shard-1", "scaling.failover.wait=1s",
				"scaling.pool.connection-timeout=2s");
	}

	private void write(String shard, long id) {
		RoutingContext.onShard(shard)
			.run(() -> transaction(false)
				.executeWithoutResult((status) -> jdbc().sql("INSERT INTO account VALUES (?)").param(id).update()));
	}

	private long count(String shard) {
		return RoutingContext.onShard(shard)
			.call(() -> transaction(true)
				.execute((status) -> jdbc().sql("SELECT count(*) FROM account").query(Long.class).single()));
	}

	private TransactionTemplate transaction(boolean readOnly) {
		TransactionTemplate transaction = new TransactionTemplate(
				this.context.getBean(PlatformTransactionManager.class));
		transaction.setReadOnly(readOnly);
		return transaction;
	}

	private JdbcClient jdbc() {
		return this.context.getBean(JdbcClient.class);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
