package dev.scaling.starter.routing;

import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.RoutingContext;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingReason;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for reads that fall back to the primary, because no replica is there.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigurePostgresCluster(replicas = 2)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicasUnavailableTests {

	@Autowired
	private ProbeService service;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private RoutingDataSource dataSource;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private PostgresCluster cluster;

	private Probes probes;

	@BeforeAll
	void killReplicas() {
		this.probes = Probes.on(this.cluster);
		this.service.read();
		this.cluster.replicas().forEach(PostgresNode::kill);
		// the calls in flight find out that connections are lost
		await().ignoreExceptionsInstanceOf(DataAccessException.class).until(() -> {
			this.service.read();
			return this.probes.served(this.service::read).contains("primary");
		});
	}

	@AfterEach
	void clearProbes() {
		this.probes.clear();
	}

	@AfterAll
	void repairCluster() {
		this.cluster.repair();
	}

	@Test
	void readsFallBackToThePrimaryAndAreCounted() throws Exception {
		long before = fallbacks();
		assertThat(this.probes.served(this.service::read)).containsExactly("primary");
		assertThat(this.probes.served(this.service::readWithoutTransaction)).containsExactly("primary");
		assertThat(this.probes.served(() -> RoutingContext.read().call(this::query))).containsExactly("primary");
		assertThat(fallbacks() - before).isEqualTo(3);
	}

	private long fallbacks() {
		return this.dataSource.topology().configuredPrimary().decisions(RoutingReason.REPLICAS_UNAVAILABLE);
	}

	@Test
	void readOnlyTransactionOnThePrimaryCannotWrite() throws Exception {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.service.writeInReadOnlyTransaction(1))
			.withCauseInstanceOf(ReadOnlyTransactionException.class)
			.havingCause()
			.withMessageContainingAll("ProbeService.writeInReadOnlyTransaction", "on primary");
		assertThat(this.probes.rows(1)).isZero();
	}

	@Test
	void readOnlyWorkWithoutTransactionCannotWriteOnThePrimary() throws Exception {
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> this.service.writeWithoutTransaction(1))
			.withCauseInstanceOf(ReadOnlyTransactionException.class)
			.havingCause()
			.withMessageContainingAll("Work outside of a transaction", "'replicas-unavailable'", "on primary",
					"run it in a read-write transaction, or on a new connection in RoutingContext.write()");
		RoutingContext.read()
			.run(() -> assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> insert(1))
				.withCauseInstanceOf(ReadOnlyTransactionException.class));
		assertThat(this.probes.rows(1)).isZero();
	}

	@Test
	void refusedWriteWithoutTransactionLeavesTheConnectionUsable() throws Exception {
		TransactionTemplate scope = new TransactionTemplate(this.transactionManager);
		scope.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
		scope.setReadOnly(true);
		scope.executeWithoutResult((status) -> {
			int session = query();
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> insert(1));
			assertThat(query()).isEqualTo(session);
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> insert(2));
			assertThat(query()).isEqualTo(session);
		});
		assertThat(this.probes.rows(1)).isZero();
		assertThat(this.probes.rows(2)).isZero();
	}

	@Test
	void connectionThatFellBackIsReadWriteForTheNextBorrower() {
		for (int i = 1; i <= 20; i++) {
			this.service.read();
			this.service.readWithoutTransaction();
			insert(i);
			this.service.write(100 + i);
		}
		assertThat(this.probes.rows(20)).isOne();
		assertThat(this.probes.rows(120)).isOne();
	}

	@Test
	void readOnlyWorkWithoutTransactionSeesWhatIsCommittedMeanwhile() throws Exception {
		TransactionTemplate scope = new TransactionTemplate(this.transactionManager);
		scope.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
		scope.setReadOnly(true);
		scope.executeWithoutResult((status) -> {
			assertThat(rows(3)).isZero();
			this.service.write(3);
			assertThat(rows(3)).isOne();
		});
	}

	private int rows(int id) {
		return this.jdbc.sql("SELECT count(*) FROM inner_probe WHERE id = ?").param(id).query(Integer.class).single();
	}

	private int query() {
		return this.jdbc.sql(Probes.sql(Probes.INNER)).query(Integer.class).single();
	}

	private void insert(int id) {
		this.jdbc.sql("INSERT INTO inner_probe VALUES (?)").param(id).update();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ JdbcApplication.class, ProbeService.class })
	static class Application {

	}

}
