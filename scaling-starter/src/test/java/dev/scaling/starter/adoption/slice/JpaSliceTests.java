package dev.scaling.starter.adoption.slice;

import javax.sql.DataSource;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.starter.adoption.ConfiguredCluster;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.jpa.test.autoconfigure.TestEntityManager;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.transaction.TestTransaction;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DataJpaTest @DataJpaTest} in an application that only {@code scaling}
 * configures.
 */
@DataJpaTest(properties = "spring.jpa.hibernate.ddl-auto=create")
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
class JpaSliceTests {

	private static final PostgresCluster cluster = ConfiguredCluster.get();

	@Autowired
	private DataSource dataSource;

	@Autowired
	private TestEntityManager entityManager;

	@Autowired
	private NoteRepository notes;

	@DynamicPropertySource
	static void configureNodes(DynamicPropertyRegistry registry) {
		ConfiguredCluster.register(registry);
	}

	@BeforeEach
	void resetStatements() {
		cluster.awaitReplication();
		cluster.nodes().forEach(PostgresNode::resetStatements);
	}

	@Test
	void dataSourceIsTheRoutingOne() {
		assertThat(this.dataSource).isInstanceOf(RoutingDataSource.class);
	}

	@Test
	void repositoryJoinsTheTransactionOfTheTest() {
		Long id = this.entityManager.persistFlushFind(new Note("own")).getId();
		this.entityManager.clear();
		assertThat(this.notes.findById(id)).map(Note::getText).contains("own");
		assertThat(this.notes.findAll()).hasSize(1);
		assertThat(cluster.primary().statements("FROM slice_jpa_note")).isPositive();
	}

	@Test
	void transactionOfTheTestIsRolledBack() {
		this.notes.saveAndFlush(new Note("gone"));
		TestTransaction.end();
		assertThat(this.notes.findAll()).isEmpty();
	}

	@Test
	@Transactional(propagation = Propagation.NOT_SUPPORTED)
	void repositoryReadsFromReplicaWhenTheTestHasNoTransaction() {
		ConsistencySession.open().run(() -> assertThat(this.notes.count()).isZero());
		assertThat(cluster.primary().statements("FROM slice_jpa_note")).isZero();
	}

}
