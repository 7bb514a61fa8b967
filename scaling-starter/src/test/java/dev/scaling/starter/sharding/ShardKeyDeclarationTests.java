package dev.scaling.starter.sharding;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import dev.scaling.CrossShardTransactionException;
import dev.scaling.Keyspace;
import dev.scaling.OnAllShards;
import dev.scaling.RoutingContext;
import dev.scaling.ShardKey;
import dev.scaling.ShardKeyException;
import dev.scaling.ShardKeyResolver;
import dev.scaling.ShardTarget;
import dev.scaling.ShardingStrategy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the places where a shard key may be declared.
 */
class ShardKeyDeclarationTests {

	private static final String[] KEYSPACES = { "scaling.keyspaces.accounts.strategy=parity",
			"scaling.keyspaces.accounts.shards=shard-0,shard-1", "scaling.keyspaces.reversed.strategy=reversed",
			"scaling.keyspaces.reversed.shards=shard-0,shard-1" };

	private static ConfigurableApplicationContext context;

	private static Databases databases;

	private static Work work;

	@BeforeAll
	static void start() {
		for (String cluster : List.of("main", "shard-0", "shard-1")) {
			ShardServers.execute(cluster, "CREATE TABLE IF NOT EXISTS shard_name (name text)");
			ShardServers.execute(cluster, "TRUNCATE shard_name");
			ShardServers.execute(cluster, "INSERT INTO shard_name VALUES ('" + cluster + "')");
		}
		context = ShardServers.run(Application.class, KEYSPACES);
		databases = context.getBean(Databases.class);
		work = context.getBean(Work.class);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@AfterEach
	void reset() {
		context.getBean(Tenant.class).target.set(null);
	}

	@Test
	void annotationOfAnInterfaceCounts() {
		assertThat(databases.at(1)).isEqualTo("shard-1");
		assertThat(databases.at(2)).isEqualTo("shard-0");
	}

	@Test
	void typeVariableOfAnInterfaceIsFound() {
		assertThat(work.generic(new Order(new Customer(1)))).isEqualTo("shard-1");
	}

	@Test
	void propertyPathLeadsToTheKey() {
		assertThat(work.nested(new Order(new Customer(3)))).isEqualTo("shard-1");
		assertThat(work.expression(List.of(4L, 5L))).isEqualTo("shard-1");
	}

	@Test
	void pathThatLeadsNowhereNamesTheMethod() {
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> work.nested(new Order(null)))
			.withMessageContaining("customer.id")
			.withMessageContaining("Work.nested");
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> work.expression(List.of()))
			.withMessageContaining("#this[1]");
	}

	@Test
	void keyspaceOfTheMethodCountsBeforeThatOfTheType() {
		assertThat(work.ofType(1)).isEqualTo("shard-1");
		assertThat(work.ofMethod(1)).isEqualTo("shard-0");
	}

	@Test
	void keyspaceHasToBeNamedWhereThereAreSeveral() {
		assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> context.getBean(Nameless.class).at(1))
			.withMessageContaining("[accounts, reversed]")
			.withMessageContaining("@Keyspace");
	}

	@Test
	void resolverNamesTheKeyOfWholeRequests() {
		Tenant tenant = context.getBean(Tenant.class);
		assertThat(work.anywhere()).isEqualTo("main");
		tenant.target.set(ShardTarget.ofKey("accounts", 1L));
		assertThat(work.anywhere()).isEqualTo("shard-1");
		assertThat(work.ofType(2)).isEqualTo("shard-0");
		assertThat(RoutingContext.onShard("shard-0").call(work::anywhere)).isEqualTo("shard-0");
		assertThat(RoutingContext.onShard("main").call(work::anywhere)).isEqualTo("main");
	}

	@Test
	void keyOfTheResolverIsOneOfTheTransaction() {
		context.getBean(Tenant.class).target.set(ShardTarget.ofKey("accounts", 1L));
		TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		assertThatExceptionOfType(CrossShardTransactionException.class)
			.isThrownBy(() -> transaction.executeWithoutResult((status) -> {
				assertThat(work.anywhere()).isEqualTo("shard-1");
				work.ofType(2);
			}));
	}

	@Test
	void methodThatNobodyCanInterceptIsRefused() {
		assertRefused(FinalMethod.class, "FinalMethod.at", "it is final");
		assertRefused(PrivateMethod.class, "PrivateMethod.at", "it is private");
		assertRefused(StaticMethod.class, "StaticMethod.at", "it is static");
		assertRefused(FinalGather.class, "FinalGather.all", "has @OnAllShards", "it is final");
		assertRefused(PrivateGather.class, "PrivateGather.all", "has @OnAllShards", "it is private");
		assertRefused(StaticGather.class, "StaticGather.all", "has @OnAllShards", "it is static");
		assertRefused(TwoKeys.class, "TwoKeys.at", "two parameters with @ShardKey");
	}

	private static void assertRefused(Class<?> component, String... texts) {
		assertThatException().isThrownBy(() -> ShardServers
			.run(Application.class, "scaling.keyspaces.accounts.strategy=parity",
					"scaling.keyspaces.accounts.shards=shard-0,shard-1", "spring.main.sources=" + component.getName())
			.close()).satisfies((ex) -> assertThat(ex.getMessage()).contains(texts));
	}

	private static String name(JdbcClient jdbc) {
		return jdbc.sql("SELECT name FROM shard_name").query(String.class).single();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import({ Work.class, DefaultDatabases.class, Nameless.class, Tenant.class })
	static class Application {

		@Bean
		Parity parity() {
			return new Parity();
		}

		@Bean
		ShardingStrategy reversed() {
			return (key) -> "shard-" + (1 - ((Long) key) % 2);
		}

	}

	record Customer(long id) {

	}

	record Order(@Nullable Customer customer) {

	}

	interface Databases {

		@Keyspace("accounts")
		String at(@ShardKey long id);

	}

	interface Generic<T> {

		@Keyspace("accounts")
		String generic(@ShardKey("customer.id") T value);

	}

	static class DefaultDatabases implements Databases {

		private final JdbcClient jdbc;

		DefaultDatabases(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Override
		@Transactional(readOnly = true)
		public String at(long id) {
			return name(this.jdbc);
		}

	}

	@Keyspace("accounts")
	static class Work implements Generic<Order> {

		private final JdbcClient jdbc;

		Work(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Override
		public String generic(Order order) {
			return name(this.jdbc);
		}

		@Transactional(readOnly = true)
		String nested(@ShardKey("customer.id") Order order) {
			return name(this.jdbc);
		}

		@Transactional(readOnly = true)
		String expression(@ShardKey("#this[1]") List<Long> ids) {
			return name(this.jdbc);
		}

		@Transactional
		String ofType(@ShardKey long id) {
			return name(this.jdbc);
		}

		@Keyspace("reversed")
		@Transactional
		String ofMethod(@ShardKey long id) {
			return name(this.jdbc);
		}

		@Transactional
		String anywhere() {
			return name(this.jdbc);
		}

	}

	static class Nameless {

		private final JdbcClient jdbc;

		Nameless(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		String at(@ShardKey long id) {
			return name(this.jdbc);
		}

	}

	static class Tenant implements ShardKeyResolver {

		private final AtomicReference<@Nullable ShardTarget> target = new AtomicReference<>();

		@Override
		public @Nullable ShardTarget resolve() {
			return this.target.get();
		}

	}

	static class FinalMethod {

		final void at(@ShardKey long id) {
		}

	}

	static class PrivateMethod {

		private void at(@ShardKey long id) {
		}

		@Transactional
		void call() {
			at(1);
		}

	}

	static class StaticMethod {

		static void at(@ShardKey long id) {
		}

	}

	static class FinalGather {

		@OnAllShards
		final void all() {
		}

	}

	static class PrivateGather {

		@OnAllShards
		private void all() {
		}

		@Transactional
		void call() {
			all();
		}

	}

	static class StaticGather {

		@OnAllShards
		static void all() {
		}

	}

	static class TwoKeys {

		void at(@ShardKey long id, @ShardKey long other) {
		}

	}

}
