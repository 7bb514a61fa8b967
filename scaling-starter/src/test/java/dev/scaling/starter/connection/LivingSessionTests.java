package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;

import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.RoutingContext;
import dev.scaling.routing.Clusters;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what is believed of a session that lives, and of a connection that stays with
 * its node.
 */
class LivingSessionTests extends AbstractConnectionTests {

	private static final String RAISE = "DO $$ BEGIN RAISE invalid_password; END $$";

	private static final String WHERE = "SELECT pg_is_in_recovery()";

	@Autowired
	private Clusters clusters;

	@Test
	void wrongPasswordThatAFunctionRaisesEjectsNobody() throws SQLException {
		try (Connection connection = readOnly()) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> Jdbc.execute(connection, RAISE))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("28P01"));
			connection.rollback();
		}
		assertThat(this.clusters.find("main").orElseThrow().current().nodes())
			.allMatch((status) -> status.state() == NodeState.UP);
	}

	@Test
	void rollbackIsARollbackWhateverAFunctionRaised() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			Jdbc.execute(connection, "SELECT set_config('app.tenant', 'acme', false)");
			connection.setAutoCommit(false);
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('rolled back')");
			Savepoint savepoint = connection.setSavepoint();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> Jdbc.execute(connection, RAISE));
			connection.rollback(savepoint);
			connection.rollback();
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('committed')");
			connection.commit();
			connection.setAutoCommit(true);
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('auto-committed')");
		}
		assertThat(nextBorrower("SELECT string_agg(name, ', ' ORDER BY id) FROM item"))
			.isEqualTo("committed, auto-committed");
	}

	@Test
	void lazyLoadingAfterAReadOnThePrimaryStaysThere() throws Exception {
		try (Connection connection = this.dataSource.getConnection()) {
			RoutingContext.write().call(() -> {
				connection.setReadOnly(true);
				connection.setAutoCommit(false);
				assertThat(Jdbc.query(connection, WHERE)).isEqualTo("f");
				connection.commit();
				connection.setAutoCommit(true);
				connection.setReadOnly(false);
				return null;
			});
			assertThat(Jdbc.query(connection, WHERE)).isEqualTo("f");
		}
	}

	@Test
	void connectionThatStaysWithAReplicaRefusesWorkForThePrimary() throws Exception {
		try (Connection connection = readOnly()) {
			Jdbc.execute(connection, "SELECT set_config('app.tenant', 'acme', false)");
			connection.commit();
			assertThatExceptionOfType(ReadOnlyTransactionException.class)
				.isThrownBy(() -> RoutingContext.write().call(() -> Jdbc.query(connection, WHERE)))
				.withMessageContaining("explicit-primary");
			connection.setAutoCommit(true);
			assertThatExceptionOfType(ReadOnlyTransactionException.class)
				.isThrownBy(() -> RoutingContext.write().call(() -> Jdbc.query(connection, WHERE)));
		}
	}

	@Test
	void pathOfOneTransactionIsNotLeftToTheNextBorrower() throws SQLException {
		String path = nextBorrower("SHOW search_path");
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "SET LOCAL search_path TO tenant_a");
			connection.setSchema("other");
			connection.commit();
		}
		assertThat(nextBorrower("SHOW search_path")).isEqualTo(path);
	}

}
