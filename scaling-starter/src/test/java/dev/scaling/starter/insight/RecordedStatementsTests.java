package dev.scaling.starter.insight;

import java.time.Duration;
import java.util.List;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.Clusters;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.RecordedStatements;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RecordedStatements} of an application on a cluster.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigurePostgresCluster(replicas = 1)
class RecordedStatementsTests {

	@Autowired
	private JdbcTemplate jdbc;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private Clusters clusters;

	@BeforeEach
	void awaitCluster() {
		await().atMost(Duration.ofSeconds(30))
			.until(() -> this.clusters.all()
				.iterator()
				.next()
				.current()
				.nodes()
				.stream()
				.allMatch((status) -> status.state() == NodeState.UP));
	}

	@Test
	void statementsAreThoseOfTheApplication() {
		try (RecordedStatements recorded = RecordedStatements.startInThread()) {
			work(true, "SELECT 1", "SELECT 2");
			assertThat(recorded).hasExactly(2).ranOnReplicas().ranOn("replica-1").ranOnOneShard();
			work(false, "SELECT 3");
			this.jdbc.execute("SELECT 4");
			assertThat(recorded).hasExactly(4).hasNoneMoreOftenThan(1).hasNoFailures();
			assertThat(recorded).containing("SELECT 3").ranOnPrimary();
			assertThat(recorded).containing("SELECT 4").ranOn("primary");
		}
	}

	@Test
	void batchesAndFailuresAreSeen() {
		try (RecordedStatements recorded = RecordedStatements.startInThread()) {
			this.jdbc.execute("CREATE TABLE IF NOT EXISTS recorded (id int)");
			this.jdbc.batchUpdate("INSERT INTO recorded VALUES (?)", List.of(new Object[] { 1 }, new Object[] { 2 }));
			assertThat(recorded).containing("INSERT").hasExactly(1).ranOnPrimary();
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> this.jdbc.execute("SELECT nothing"));
			assertThat(recorded).containing("nothing").hasExactly(1);
			assertThat(recorded.list()).last().satisfies((statement) -> assertThat(statement.failed()).isTrue());
		}
	}

	private void work(boolean readOnly, String... statements) {
		ConsistencySession.open().run(() -> {
			TransactionTemplate transaction = new TransactionTemplate(this.transactionManager);
			transaction.setReadOnly(readOnly);
			transaction.executeWithoutResult((status) -> List.of(statements).forEach(this.jdbc::execute));
		});
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
