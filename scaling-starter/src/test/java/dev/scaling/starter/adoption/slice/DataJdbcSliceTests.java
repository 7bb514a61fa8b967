package dev.scaling.starter.adoption.slice;

import javax.sql.DataSource;

import dev.scaling.routing.RoutingDataSource;
import dev.scaling.starter.adoption.ConfiguredCluster;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jdbc.test.autoconfigure.DataJdbcTest;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.transaction.TestTransaction;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DataJdbcTest @DataJdbcTest} in an application that only
 * {@code scaling} configures.
 */
@DataJdbcTest
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
class DataJdbcSliceTests {

	private static final PostgresCluster cluster = ConfiguredCluster.get();

	@Autowired
	private DataSource dataSource;

	@Autowired
	private MemoRepository memos;

	@DynamicPropertySource
	static void configureNodes(DynamicPropertyRegistry registry) {
		ConfiguredCluster.register(registry);
	}

	@BeforeAll
	static void createTable() {
		JdbcClient.create(cluster.primary().dataSource())
			.sql("CREATE TABLE IF NOT EXISTS slice_memo (id bigserial PRIMARY KEY, text text)")
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
	void repositoryJoinsTheTransactionOfTheTest() {
		Memo memo = this.memos.save(new Memo(null, "own"));
		assertThat(this.memos.findById(memo.id())).contains(memo);
		TestTransaction.end();
		assertThat(this.memos.findAll()).isEmpty();
	}

	@Test
	@Transactional(propagation = Propagation.NOT_SUPPORTED)
	void repositoryReadsFromReplicaWhenTheTestHasNoTransaction() {
		assertThat(this.memos.count()).isZero();
		assertThat(cluster.primary().statements("\"slice_memo\"")).isZero();
	}

}
