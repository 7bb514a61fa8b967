package dev.scaling.starter.adoption.slice;

import javax.sql.DataSource;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.starter.adoption.ConfiguredCluster;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.test.context.transaction.TestTransaction;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JdbcTest @JdbcTest} in an application that only {@code scaling}
 * configures.
 */
@JdbcTest
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
@Import(Notes.class)
class JdbcSliceTests {

	private static final PostgresCluster cluster = ConfiguredCluster.get();

	@Autowired
	private DataSource dataSource;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Notes notes;

	@DynamicPropertySource
	static void configureNodes(DynamicPropertyRegistry registry) {
		ConfiguredCluster.register(registry);
	}

	@BeforeAll
	static void createTable() {
		JdbcClient.create(cluster.primary().dataSource())
			.sql("CREATE TABLE IF NOT EXISTS slice_note (text text)")
			.update();
		cluster.awaitReplication();
	}

	@BeforeEach
	void resetStatements() {
		cluster.nodes().forEach(PostgresNode::resetStatements);
	}

	@Test
	void dataSourceIsTheRoutingOne() {
		assertThat(this.dataSource).isInstanceOf(RoutingDataSource.class);
	}

	@Test
	void readOnlyServiceJoinsTheTransactionOfTheTest() {
		this.jdbc.sql("INSERT INTO slice_note VALUES ('own')").update();
		this.notes.add("of the service");
		assertThat(this.notes.findAll()).containsExactlyInAnyOrder("own", "of the service");
		TestTransaction.end();
		assertThat(cluster.primary().statements("SELECT text FROM slice_note")).isOne();
	}

	@Test
	void transactionOfTheTestIsRolledBack() {
		this.notes.add("gone");
		TestTransaction.end();
		assertThat(this.notes.findAll()).isEmpty();
		assertThat(JdbcClient.create(cluster.primary().dataSource())
			.sql("SELECT count(*) FROM slice_note")
			.query(Long.class)
			.single()).isZero();
	}

	@Test
	@Sql(statements = "INSERT INTO slice_note VALUES ('by a script')")
	void scriptRunsInTheTransactionOfTheTest() {
		assertThat(this.notes.findAll()).containsExactly("by a script");
		TestTransaction.end();
		assertThat(this.notes.findAll()).isEmpty();
	}

	@Test
	@Transactional(propagation = Propagation.NOT_SUPPORTED)
	void readOnlyServiceReadsFromReplicaWhenTheTestHasNoTransaction() {
		ConsistencySession.open().run(() -> assertThat(this.notes.findAll()).isEmpty());
		assertThat(cluster.primary().statements("SELECT text FROM slice_note")).isZero();
	}

}
