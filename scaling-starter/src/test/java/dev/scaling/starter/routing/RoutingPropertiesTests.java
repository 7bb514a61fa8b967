package dev.scaling.starter.routing;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import javax.sql.DataSource;

import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.ReplicaSelector;
import dev.scaling.RoutingContext;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutedConnection;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.topology.Node;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the properties that change where work goes, and for those of Spring that must
 * not.
 */
class RoutingPropertiesTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(2).extension();

	private Probes probes;

	@BeforeEach
	void createProbes() {
		this.probes = Probes.on(postgres.cluster());
	}

	@AfterEach
	void clearProbes() {
		this.probes.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "lazy", "eager" })
	void connectionFetchMakesNoDifference(String fetch) {
		run((context) -> {
			assertThat(context.getBean(DataSource.class)).isInstanceOf(RoutingDataSource.class);
			assertSplit(context);
		}, "spring.datasource.connection-fetch=" + fetch);
	}

	@Test
	void transactionManagerMayEnforceReadOnly() {
		ClusterContextRunner.of(postgres.cluster())
			.withUserConfiguration(JdbcApplication.class, ProbeService.class, EnforcingReadOnly.class)
			.run((context) -> {
				assertThat(context.getBean(DataSourceTransactionManager.class).isEnforceReadOnly()).isTrue();
				assertSplit(context);
				RoutingContext.write()
					.run(() -> assertThatExceptionOfType(DataAccessException.class)
						.isThrownBy(() -> context.getBean(ProbeService.class).writeInReadOnlyTransaction(1)));
			});
	}

	private void assertSplit(AssertableApplicationContext context) throws Exception {
		ProbeService service = context.getBean(ProbeService.class);
		assertThat(this.probes.served(service::read)).hasSize(1).allMatch(Probes::isReplica);
		assertThat(this.probes.served(service::readInReadWriteTransaction)).containsExactly("primary");
		assertThat(this.probes.served(() -> read(context))).containsExactly("primary");
		assertThat(this.probes.served(service::read)).hasSize(1).allMatch(Probes::isReplica);
	}

	@Test
	void routeIsForgottenWhenAListenerRefusesATransaction() {
		ClusterContextRunner.of(postgres.cluster())
			.withUserConfiguration(JdbcApplication.class, ProbeService.class, Refusing.class)
			.run((context) -> {
				assertThatExceptionOfType(IllegalStateException.class)
					.isThrownBy(() -> context.getBean(ProbeService.class).read())
					.withMessage("refused");
				assertThat(this.probes.served(() -> read(context))).containsExactly("primary");
			});
	}

	@Test
	void readsOfAPoolThatIsSerializableGoToThePrimary() {
		run((context) -> {
			ProbeService service = context.getBean(ProbeService.class);
			assertThat(this.probes.served(service::read)).containsExactly("primary");
			assertThat(this.probes.served(service::readRepeatably)).hasSize(1).allMatch(Probes::isReplica);
			assertThat(this.probes.served(service::readWithoutTransaction)).containsExactly("primary");
		}, "spring.datasource.hikari.transaction-isolation=TRANSACTION_SERIALIZABLE");
	}

	@Test
	void workOutsideOfTransactionsMayGoToReplicas() {
		run((context) -> {
			ProbeService service = context.getBean(ProbeService.class);
			assertThat(this.probes.served(() -> read(context))).hasSize(1).allMatch(Probes::isReplica);
			assertThat(this.probes.served(service::readInReadWriteTransaction)).containsExactly("primary");
			assertThat(this.probes.served(() -> RoutingContext.write().call(() -> read(context))))
				.containsExactly("primary");
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> jdbc.update("INSERT INTO inner_probe VALUES (1)"))
				.withCauseInstanceOf(ReadOnlyTransactionException.class)
				.havingCause()
				.withMessageContainingAll("non-transactional-read", "RoutingContext.write()");
			service.write(2);
			assertThat(this.probes.rows(2)).isOne();
		}, "scaling.routing.non-transactional=replica");
	}

	@Test
	void connectionIsKeptUntilItIsClosed() {
		run((context) -> {
			DataSource dataSource = context.getBean(DataSource.class);
			try (Connection connection = dataSource.getConnection()) {
				inReadOnlyTransaction(connection);
				assertThat(node(connection)).matches(Probes::isReplica);
			}
			assertSplit(context);
			try (Connection connection = dataSource.getConnection()) {
				inReadOnlyTransaction(connection);
				connection.setAutoCommit(false);
				assertThatExceptionOfType(ReadOnlyTransactionException.class).isThrownBy(connection::createStatement)
					.withMessageContainingAll("stays with the replica", "scaling.routing.release is 'close'");
			}
		}, "scaling.routing.release=close");
	}

	@Test
	void connectionIsGivenBackAtTheEndOfTheTransaction() {
		run((context) -> {
			try (Connection connection = context.getBean(DataSource.class).getConnection()) {
				inReadOnlyTransaction(connection);
				assertThat(connection.unwrap(RoutedConnection.class).currentNode()).isNull();
				connection.setAutoCommit(false);
				connection.createStatement().close();
				assertThat(node(connection)).isEqualTo("primary");
				connection.commit();
				assertThat(connection.unwrap(RoutedConnection.class).currentNode()).isNull();
			}
		});
	}

	private static void inReadOnlyTransaction(Connection connection) throws Exception {
		connection.setReadOnly(true);
		connection.setAutoCommit(false);
		try (var statement = connection.createStatement(); var result = statement.executeQuery("SELECT 1")) {
			assertThat(result.next()).isTrue();
			assertThat(node(connection)).matches(Probes::isReplica);
		}
		connection.commit();
		connection.setAutoCommit(true);
		connection.setReadOnly(false);
	}

	private static String node(Connection connection) throws Exception {
		Node node = connection.unwrap(RoutedConnection.class).currentNode();
		return (node != null) ? node.id() : "none";
	}

	@Test
	void roundRobinTakesTurnsByWeight() {
		run((context) -> assertThat(reads(context, 40)).containsEntry("replica-1", 10).containsEntry("replica-2", 30),
				"scaling.routing.selector=round-robin", "scaling.replicas.replica-2.weight=3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "random", "least-busy" })
	void othersFollowTheWeightsOnAverage(String selector) {
		run((context) -> {
			Map<String, Integer> reads = reads(context, 400);
			// 300 expected; the bounds are five standard deviations away
			assertThat(reads.get("replica-2")).isBetween(257, 343);
			assertThat(reads.get("replica-1")).isEqualTo(400 - reads.get("replica-2"));
		}, "scaling.routing.selector=" + selector, "scaling.replicas.replica-2.weight=3");
	}

	@Test
	void leastBusyAvoidsTheBusyReplica() {
		run((context) -> {
			TransactionTemplate readOnly = template(context);
			Map<String, List<String>> served = this.probes.servedByTable(() -> readOnly.execute((status) -> {
				read(context, Probes.OUTER);
				readOnly.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
				for (int i = 0; i < 20; i++) {
					readOnly.execute((inner) -> read(context));
				}
				return null;
			}));
			assertThat(served.get(Probes.INNER)).hasSize(20).doesNotContainAnyElementsOf(served.get(Probes.OUTER));
		}, "scaling.routing.selector=least-busy");
	}

	@Test
	void selectorBeanTakesTheDecision() {
		ClusterContextRunner.of(postgres.cluster())
			.withUserConfiguration(JdbcApplication.class, ProbeService.class)
			.withBean(ReplicaSelector.class, () -> (candidates) -> candidates.get(candidates.size() - 1))
			.run((context) -> assertThat(reads(context, 20)).containsOnlyKeys("replica-2"));
	}

	private Map<String, Integer> reads(AssertableApplicationContext context, int count) throws Exception {
		List<NodePool> pools = context.getBean(RoutingDataSource.class).topology().pools();
		await().until(() -> pools.stream().allMatch((pool) -> pool.statistics().getIdleConnections() > 0));
		ProbeService service = context.getBean(ProbeService.class);
		List<String> served = this.probes.served(() -> {
			for (int i = 0; i < count; i++) {
				service.read();
			}
			return null;
		});
		Map<String, Integer> reads = new TreeMap<>();
		served.forEach((node) -> reads.merge(node, 1, Integer::sum));
		return reads;
	}

	@Test
	void hibernateMayReleaseConnectionsAfterEachTransaction() {
		jpa((context) -> {
			EntityManager entityManager = context.getBean(EntityManager.class);
			TransactionTemplate template = template(context);
			Callable<?> read = () -> template.execute((status) -> query(entityManager));
			assertThat(this.probes.served(read)).hasSize(1).allMatch(Probes::isReplica);
			assertThat(this.probes.served(() -> template.execute((status) -> {
				query(entityManager);
				return query(entityManager);
			}))).hasSize(2).allMatch(Probes::isReplica);
			template.setReadOnly(false);
			assertThat(this.probes.served(read)).containsExactly("primary");
			template.executeWithoutResult((status) -> entityManager.persist(new JpaProbe(1)));
			assertThat(this.probes.rows(1)).isOne();
		}, "spring.jpa.properties.hibernate.connection.handling_mode=DELAYED_ACQUISITION_AND_RELEASE_AFTER_TRANSACTION");
	}

	@Test
	void hibernateMayReleaseConnectionsAfterEachStatement() {
		jpa((context) -> {
			EntityManager entityManager = context.getBean(EntityManager.class);
			TransactionTemplate template = template(context);
			assertThat(this.probes.served(() -> template.execute((status) -> query(entityManager)))).hasSize(1)
				.allMatch(Probes::isReplica);
		}, "spring.jpa.properties.hibernate.connection.handling_mode=DELAYED_ACQUISITION_AND_RELEASE_AFTER_STATEMENT");
	}

	@Test
	void transactionOfAnEntityManagerOfItsOwnGoesToThePrimary() {
		jpa((context) -> {
			try (EntityManager entityManager = context.getBean(EntityManagerFactory.class).createEntityManager()) {
				assertThat(this.probes.served(() -> {
					entityManager.getTransaction().begin();
					query(entityManager);
					entityManager.getTransaction().commit();
					return null;
				})).containsExactly("primary");
			}
		});
	}

	private static Object query(EntityManager entityManager) {
		return entityManager.createNativeQuery(Probes.sql(Probes.INNER)).getSingleResult();
	}

	private static TransactionTemplate template(AssertableApplicationContext context) {
		TransactionTemplate template = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		template.setReadOnly(true);
		return template;
	}

	private static int read(AssertableApplicationContext context) {
		return read(context, Probes.INNER);
	}

	private static int read(AssertableApplicationContext context, String table) {
		return context.getBean(JdbcTemplate.class).queryForObject(Probes.sql(table), Integer.class);
	}

	private void run(ContextConsumer<AssertableApplicationContext> test, String... properties) {
		run(ClusterContextRunner.of(postgres.cluster())
			.withUserConfiguration(JdbcApplication.class, ProbeService.class), test, properties);
	}

	private void jpa(ContextConsumer<AssertableApplicationContext> test, String... properties) {
		run(ClusterContextRunner.of(postgres.cluster()).withUserConfiguration(JpaApplication.class), test, properties);
	}

	private static void run(ApplicationContextRunner runner, ContextConsumer<AssertableApplicationContext> test,
			String... properties) {
		runner.withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			test.accept(context);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class EnforcingReadOnly {

		@Bean
		TransactionManagerCustomizer<DataSourceTransactionManager> enforcingReadOnly() {
			return (transactionManager) -> transactionManager.setEnforceReadOnly(true);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Refusing {

		@Bean
		TransactionExecutionListener refusingListener() {
			return new TransactionExecutionListener() {

				@Override
				public void beforeBegin(TransactionExecution transaction) {
					throw new IllegalStateException("refused");
				}

			};
		}

	}

}
