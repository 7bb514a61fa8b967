package dev.scaling.starter.routing;

import java.util.List;
import java.util.concurrent.Callable;

import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for several transactions of one request, whose {@code EntityManager} and logical
 * connection open-in-view keeps.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
@SpringBootTest(classes = JpaApplication.class)
@AutoConfigureMockMvc
@AutoConfigurePostgresCluster(replicas = 2)
class OpenInViewTests {

	@Autowired
	private EntityManager entityManager;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private RoutingDataSource dataSource;

	@Autowired
	private MockMvc mvc;

	@Autowired
	private JpaApplication.RequestController controller;

	@Autowired
	private PostgresCluster cluster;

	private Probes probes;

	@BeforeEach
	void createProbes() {
		this.probes = Probes.on(this.cluster);
	}

	@AfterEach
	void clearProbes() {
		this.probes.clear();
	}

	@Test
	void eachTransactionOfARequestGoesToItsOwnNode() throws Exception {
		assertThat(request(() -> {
			transaction(false);
			assertNothingIsHeld();
			transaction(true);
			assertNothingIsHeld();
			transaction(false);
			return null;
		})).satisfiesExactlyInAnyOrder((node) -> assertThat(node).isEqualTo("primary"),
				(node) -> assertThat(node).isEqualTo("primary"), (node) -> assertThat(node).matches(Probes::isReplica));
	}

	@Test
	void lazyLoadingReadsWhereTheLastTransactionDid() throws Exception {
		assertThat(request(() -> {
			transaction(true);
			assertNothingIsHeld();
			read();
			assertNothingIsHeld();
			return read();
		})).hasSize(3).allMatch(Probes::isReplica);
		assertThat(request(() -> {
			transaction(true);
			transaction(false);
			read();
			return read();
		})).hasSize(4).filteredOn("primary"::equals).hasSize(3);
	}

	@Test
	void readsBeforeTheFirstTransactionKeepThePrimary() throws Exception {
		assertThat(request(() -> {
			read();
			transaction(false);
			return read();
		})).containsExactly("primary", "primary", "primary");
	}

	@Test
	void writeAfterReadsOfAReplicaWithoutTransactionIsRefusedWithTheCure() throws Exception {
		request(() -> {
			TransactionTemplate supports = template(TransactionDefinition.PROPAGATION_SUPPORTS, true);
			supports.executeWithoutResult((status) -> read());
			assertThatException().isThrownBy(() -> transaction(false))
				.havingRootCause()
				.isInstanceOf(ReadOnlyTransactionException.class)
				.withMessageMatching("A read-write transaction cannot run on a connection that stays with the replica"
						+ " replica-\\d, because statements ran on it before the transaction \\(session set-up\\): .*");
			return null;
		});
		assertNothingIsHeld();
		assertThat(request(() -> transaction(false))).containsExactly("primary");
	}

	@Test
	void statementsInAfterCommitAreCommitted() throws Exception {
		request(() -> template(TransactionDefinition.PROPAGATION_REQUIRED, false).execute((status) -> {
			insert(1);
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					template(TransactionDefinition.PROPAGATION_REQUIRES_NEW, false)
						.executeWithoutResult((inner) -> insert(2));
				}

			});
			return null;
		}));
		assertThat(this.probes.rows(1)).isOne();
		assertThat(this.probes.rows(2)).isOne();
	}

	private void insert(int id) {
		this.entityManager.persist(new JpaProbe(id));
	}

	private List<String> request(Callable<?> work) throws Exception {
		return this.probes
			.served(() -> this.controller.handle(work, () -> this.mvc.perform(MockMvcRequestBuilders.get("/work"))));
	}

	private Object transaction(boolean readOnly) {
		return template(TransactionDefinition.PROPAGATION_REQUIRED, readOnly).execute((status) -> read());
	}

	private TransactionTemplate template(int propagation, boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(this.transactionManager);
		template.setPropagationBehavior(propagation);
		template.setReadOnly(readOnly);
		return template;
	}

	private Object read() {
		return this.entityManager.createNativeQuery(Probes.sql(Probes.INNER)).getSingleResult();
	}

	private void assertNothingIsHeld() {
		assertThat(this.dataSource.topology().pools()).extracting(NodePool::busy).containsOnly(0);
	}

}
