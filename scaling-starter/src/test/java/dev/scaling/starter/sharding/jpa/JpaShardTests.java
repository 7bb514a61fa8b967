package dev.scaling.starter.sharding.jpa;

import java.util.List;

import dev.scaling.CrossShardTransactionException;
import dev.scaling.starter.sharding.Parity;
import dev.scaling.starter.sharding.ShardServers;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for JPA on shards.
 */
class JpaShardTests {

	private static final String COUNT = "SELECT count(*) FROM sharded_entry";

	private static final String[] KEYSPACE = { "scaling.keyspaces.ledger.strategy=parity",
			"scaling.keyspaces.ledger.shards=shard-0,shard-1", "scaling.keyspaces.ledger.tables.sharded_entry=owner",
			"spring.jpa.open-in-view=false" };

	private static ConfigurableApplicationContext context;

	private static ShardedEntryRepository ledger;

	private static TransactionTemplate transaction;

	@BeforeAll
	static void start() {
		for (String cluster : List.of("main", "shard-0", "shard-1")) {
			ShardServers.execute(cluster,
					"CREATE TABLE IF NOT EXISTS sharded_entry (id bigint PRIMARY KEY, owner bigint)");
		}
		context = ShardServers.run(Application.class, KEYSPACE);
		ledger = context.getBean(ShardedEntryRepository.class);
		transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@BeforeEach
	void clear() {
		for (String cluster : List.of("main", "shard-0", "shard-1")) {
			ShardServers.execute(cluster, "TRUNCATE sharded_entry");
		}
	}

	@Test
	void repositoryWorksOnTheShardOfItsKey() {
		ledger.save(new ShardedEntry(1, 1));
		ledger.save(new ShardedEntry(1, 2));
		assertThat(ShardServers.number("shard-0", COUNT)).isOne();
		assertThat(ShardServers.number("shard-1", COUNT)).isOne();
		assertThat(ledger.findByOwner(1)).hasSize(1);
	}

	/**
	 * Nothing is written before the commit, when no method with a key runs any more.
	 */
	@Test
	void changesAreFlushedToTheShardOfTheTransaction() {
		transaction.executeWithoutResult((status) -> {
			ledger.save(new ShardedEntry(1, 1));
			ledger.save(new ShardedEntry(2, 3));
		});
		assertThat(ShardServers.number("shard-1", COUNT)).isEqualTo(2);
		assertThat(ShardServers.number("main", COUNT)).isZero();
	}

	@Test
	void nothingIsFlushedToTwoShards() {
		assertThatExceptionOfType(CrossShardTransactionException.class)
			.isThrownBy(() -> transaction.executeWithoutResult((status) -> {
				ledger.save(new ShardedEntry(1, 1));
				ledger.save(new ShardedEntry(2, 2));
			}))
			.withMessageContaining("ShardedEntryRepository.save");
		assertThat(ShardServers.number("shard-0", COUNT) + ShardServers.number("shard-1", COUNT)).isZero();
	}

	@Test
	void persistenceContextSeesOneShard() {
		EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
		EntityManager view = factory.createEntityManager();
		TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(view));
		try {
			transaction.executeWithoutResult((status) -> ledger.save(new ShardedEntry(1, 1)));
			assertThat(ledger.findByOwner(1)).hasSize(1);
			assertThatExceptionOfType(CrossShardTransactionException.class).isThrownBy(() -> ledger.findByOwner(2))
				.withMessageContaining("persistence context")
				.withMessageContaining("shard-0");
		}
		finally {
			TransactionSynchronizationManager.unbindResource(factory);
			view.close();
		}
	}

	@Test
	void startsWithNothingButShards() {
		try (ConfigurableApplicationContext onlyShards = ShardServers.runWithoutMain(Application.class, KEYSPACE)) {
			onlyShards.getBean(ShardedEntryRepository.class).save(new ShardedEntry(7, 7));
		}
		assertThat(ShardServers.number("shard-1", COUNT)).isOne();
	}

	@Test
	void blocksOfIdsAreRefused() {
		assertThatException()
			.isThrownBy(() -> ShardServers.run(PooledApplication.class, "scaling.keyspaces.ledger.strategy=parity",
					"scaling.keyspaces.ledger.shards=shard-0,shard-1"))
			.withMessageContaining("PooledEntry")
			.withMessageContaining("allocationSize = 1");
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = ShardedEntry.class)
	@EnableJpaRepositories
	static class Application {

		@Bean
		Parity parity() {
			return new Parity();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = ShardedEntry.class)
	static class PooledApplication {

		@Bean
		Parity parity() {
			return new Parity();
		}

	}

}
