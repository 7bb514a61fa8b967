package dev.scaling.starter.sharding;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import dev.scaling.CrossShardTransactionException;
import dev.scaling.RoutingContext;
import dev.scaling.ShardKey;
import dev.scaling.ShardKeyException;
import dev.scaling.Shards;
import dev.scaling.consistency.ConsistencySession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for work on the shard of a key.
 */
class ShardKeyTests {

	private static final String COUNT = "SELECT count(*) FROM account";

	private static ConfigurableApplicationContext context;

	private static Accounts accounts;

	private static TransactionTemplate transaction;

	@BeforeAll
	static void start() {
		for (String cluster : List.of("main", "shard-0", "shard-1")) {
			ShardServers.execute(cluster, "CREATE TABLE IF NOT EXISTS account (id bigint PRIMARY KEY, name text)");
		}
		context = ShardServers.run(Application.class, "scaling.keyspaces.accounts.strategy=parity",
				"scaling.keyspaces.accounts.shards=shard-0,shard-1");
		accounts = context.getBean(Accounts.class);
		transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@BeforeEach
	void clear() {
		for (String cluster : List.of("main", "shard-0", "shard-1")) {
			ShardServers.execute(cluster, "TRUNCATE account");
		}
	}

	@Test
	void workIsDoneOnTheShardOfItsKey() {
		accounts.create(new Account(1, "odd"));
		accounts.create(new Account(2, "even"));
		accounts.create(new Account(4, "even"));
		assertThat(ShardServers.number("shard-0", COUNT)).isEqualTo(2);
		assertThat(ShardServers.number("shard-1", COUNT)).isOne();
		assertThat(ShardServers.number("main", COUNT)).isZero();
		assertThat(accounts.find(1)).isEqualTo("odd");
		assertThat(accounts.find(4)).isEqualTo("even");
	}

	@Test
	void readOnlyWorkIsDoneOnAReplicaOfTheShard() {
		assertThat(ConsistencySession.open().call(() -> accounts.node(2))).isEqualTo("shard-0/replica-1");
		assertThat(ConsistencySession.open().call(() -> accounts.node(3))).isEqualTo("shard-1/replica-1");
	}

	@Test
	void workWithoutATransactionIsDoneOnTheShard() {
		accounts.createWithoutTransaction(3, "odd");
		assertThat(ShardServers.number("shard-1", COUNT)).isOne();
	}

	@Test
	void workWithoutKeyIsDoneOnMain() {
		accounts.createAnywhere(1, "nobody's");
		assertThat(ShardServers.number("main", COUNT)).isOne();
	}

	@Test
	void tableThatIsNotOnMainLetsSuspectAMissingKey() {
		ShardServers.execute("main", "DROP TABLE account");
		try {
			assertThatExceptionOfType(BadSqlGrammarException.class)
				.isThrownBy(() -> accounts.createAnywhere(1, "nobody's"))
				.havingCause()
				.withMessageContaining("the key is missing");
		}
		finally {
			ShardServers.execute("main", "CREATE TABLE account (id bigint PRIMARY KEY, name text)");
		}
	}

	@Test
	void transactionTakesTheFirstKeyThatItMeets() {
		transaction.executeWithoutResult((status) -> {
			accounts.create(new Account(1, "first"));
			accounts.createAnywhere(5, "same transaction");
			accounts.create(new Account(3, "same shard"));
		});
		assertThat(ShardServers.number("shard-1", COUNT)).isEqualTo(3);
	}

	@Test
	void transactionStaysOnItsShard() {
		assertThatExceptionOfType(CrossShardTransactionException.class)
			.isThrownBy(() -> transaction.executeWithoutResult((status) -> {
				accounts.create(new Account(1, "first"));
				accounts.create(new Account(2, "second"));
			}))
			.withMessageContaining("shard-1 (owner of key 1 of keyspace accounts)")
			.withMessageContaining("shard-0 (owner of key 2 of keyspace accounts)")
			.withMessageContaining("Accounts.create")
			.withMessageContaining("REQUIRES_NEW");
		assertThat(ShardServers.number("shard-1", COUNT)).isZero();
		assertThat(ShardServers.number("shard-0", COUNT)).isZero();
	}

	@Test
	void mainIsAShardToo() {
		assertThatExceptionOfType(CrossShardTransactionException.class)
			.isThrownBy(() -> transaction.executeWithoutResult((status) -> {
				accounts.createAnywhere(5, "on main");
				accounts.create(new Account(2, "second"));
			}))
			.withMessageContaining("works on main");
		assertThat(ShardServers.number("main", COUNT)).isZero();
	}

	@Test
	void contextWithinATransactionCannotLeaveItsShard() {
		assertThatExceptionOfType(CrossShardTransactionException.class)
			.isThrownBy(() -> transaction.executeWithoutResult((status) -> {
				accounts.create(new Account(1, "first"));
				RoutingContext.atKey(2L).run(() -> accounts.createAnywhere(2, "second"));
			}));
	}

	@Test
	void transactionOfItsOwnMayUseAnotherShard() {
		transaction.executeWithoutResult((status) -> {
			accounts.create(new Account(1, "outer"));
			accounts.createInNewTransaction(2, "inner");
			accounts.createAnywhere(3, "outer");
		});
		assertThat(ShardServers.number("shard-1", COUNT)).isEqualTo(2);
		assertThat(ShardServers.number("shard-0", COUNT)).isOne();
	}

	@Test
	void transactionsOneAfterTheOtherAreFree() {
		for (long id = 0; id < 10; id++) {
			long key = id;
			transaction.executeWithoutResult((status) -> accounts.create(new Account(key, "any")));
		}
		assertThat(ShardServers.number("shard-0", COUNT)).isEqualTo(5);
		assertThat(ShardServers.number("shard-1", COUNT)).isEqualTo(5);
	}

	@Test
	void keyIsMissing() {
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> accounts.create(null))
			.withMessageContaining("parameter account")
			.withMessageContaining("Accounts.create")
			.withMessageContaining("is null");
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> accounts.findBoxed(null))
			.withMessageContaining("is null");
	}

	@Test
	void keyIsOwnedByNobody() {
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> accounts.find(-1))
			.withMessageContaining("parameter id")
			.withMessageContaining("Accounts.find")
			.withMessageContaining("No shard owns key -1");
	}

	@Test
	void keyHasTheWrongType() {
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> accounts.findByText("one"))
			.withMessageContaining("java.lang.String")
			.withMessageContaining("a key is a long");
	}

	@Test
	void workIsDoneOnAShardByCode() {
		Shards shards = context.getBean(Shards.class);
		shards.run(1L, () -> accounts.createAnywhere(1, "odd"));
		shards.runOn("shard-0", () -> accounts.createAnywhere(2, "even"));
		assertThat(shards.call(1L, accounts::count)).isOne();
		assertThat(shards.callOn("shard-0", accounts::count)).isOne();
		assertThat(shards.locate(3L).shard()).isEqualTo("shard-1");
		assertThat(shards.of("accounts").names()).containsExactly("shard-0", "shard-1");
		assertThat(shards.group(List.of(1L, 2L, 3L, 4L)))
			.isEqualTo(Map.of("shard-0", List.of(2L, 4L), "shard-1", List.of(1L, 3L)));
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> shards.of("nowhere"))
			.withMessageContaining("accounts");
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> shards.callOn("shard-7", accounts::count))
			.withMessageContaining("shard-7");
	}

	@Test
	void contextIsNotInherited() {
		try (ConfigurableApplicationContext onlyShards = ShardServers.runWithoutMain(Application.class,
				"scaling.keyspaces.accounts.strategy=parity", "scaling.keyspaces.accounts.shards=shard-0,shard-1")) {
			Accounts accounts = onlyShards.getBean(Accounts.class);
			accounts.create(new Account(1, "odd"));
			assertThat(ShardServers.number("shard-1", COUNT)).isOne();
			RoutingContext.atKey(1L)
				.run(() -> assertThatExceptionOfType(CompletionException.class)
					.isThrownBy(() -> CompletableFuture.supplyAsync(accounts::count).join())
					.withCauseInstanceOf(ShardKeyException.class)
					.withMessageContaining("no shard key")
					.withMessageContaining("there is no cluster 'main'"));
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import(Accounts.class)
	static class Application {

		@Bean
		Parity parity() {
			return new Parity();
		}

	}

	record Account(long id, String name) {

	}

	static class Accounts {

		private final JdbcClient jdbc;

		Accounts(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		void create(@ShardKey("id") Account account) {
			insert(account.id(), account.name());
		}

		@Transactional(readOnly = true)
		String find(@ShardKey long id) {
			return this.jdbc.sql("SELECT name FROM account WHERE id = ?").param(id).query(String.class).single();
		}

		@Transactional(readOnly = true)
		String findBoxed(@ShardKey Long id) {
			return find(id);
		}

		@Transactional(readOnly = true)
		String findByText(@ShardKey String id) {
			return find(Long.parseLong(id));
		}

		@Transactional(readOnly = true)
		String node(@ShardKey long id) {
			return this.jdbc.sql("SELECT pg_is_in_recovery()").query(Boolean.class).single()
					? "shard-" + id % 2 + "/replica-1" : "primary";
		}

		void createWithoutTransaction(@ShardKey long id, String name) {
			insert(id, name);
		}

		@Transactional
		void createAnywhere(long id, String name) {
			insert(id, name);
		}

		@Transactional(propagation = Propagation.REQUIRES_NEW)
		void createInNewTransaction(@ShardKey long id, String name) {
			insert(id, name);
		}

		@Transactional(readOnly = true)
		long count() {
			return this.jdbc.sql(COUNT).query(Long.class).single();
		}

		private void insert(long id, String name) {
			this.jdbc.sql("INSERT INTO account VALUES (?, ?)").param(id).param(name).update();
		}

	}

}
