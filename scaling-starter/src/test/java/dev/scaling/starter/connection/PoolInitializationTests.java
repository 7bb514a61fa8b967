package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.scaling.test.AutoConfigurePostgresCluster;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a pool sets on its connections when it makes them.
 */
@SpringBootTest(classes = AbstractConnectionTests.Application.class,
		webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "scaling.pool.maximum-pool-size=1", "scaling.consistency.mode=none",
				"spring.datasource.hikari.schema=pg_catalog",
				"spring.datasource.hikari.transaction-isolation=TRANSACTION_REPEATABLE_READ" })
@AutoConfigurePostgresCluster(replicas = 1)
class PoolInitializationTests {

	@Autowired
	private DataSource dataSource;

	@Test
	void settingsOfThePoolOutliveACleanedConnection() throws SQLException {
		for (boolean readOnly : new boolean[] { false, true }) {
			assertInitialized(readOnly);
			try (Connection connection = begin(readOnly)) {
				Jdbc.execute(connection, "SET app.tenant = 'acme'");
				connection.commit();
			}
			assertInitialized(readOnly);
		}
	}

	@Test
	void settingsOfThePoolOutliveAConnectionWithOthers() throws SQLException {
		for (boolean readOnly : new boolean[] { false, true }) {
			try (Connection connection = begin(readOnly)) {
				connection.setSchema("public");
				connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
				assertThat(Jdbc.query(connection, "SHOW search_path")).isEqualTo("public");
				assertThat(Jdbc.query(connection, "SHOW transaction_isolation")).isEqualTo("read committed");
			}
			assertInitialized(readOnly);
		}
	}

	private void assertInitialized(boolean readOnly) throws SQLException {
		try (Connection connection = begin(readOnly)) {
			assertThat(Jdbc.query(connection, "SHOW search_path")).isEqualTo("pg_catalog");
			assertThat(Jdbc.query(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
			assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
		}
	}

	private Connection begin(boolean readOnly) throws SQLException {
		Connection connection = this.dataSource.getConnection();
		connection.setReadOnly(readOnly);
		connection.setAutoCommit(false);
		return connection;
	}

}
