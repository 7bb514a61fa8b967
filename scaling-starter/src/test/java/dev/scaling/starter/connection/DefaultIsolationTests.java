package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the isolation that connections have by default, in an application that has
 * not asked for it yet.
 */
@TestPropertySource(properties = "spring.application.name=default-isolation")
@DirtiesContext
class DefaultIsolationTests extends AbstractConnectionTests {

	@Test
	void isolationOfOneTransactionIsNotTakenForTheDefault() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
			connection.getTransactionIsolation();
		}
		try (Connection connection = readWrite()) {
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			assertThat(Jdbc.query(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
		}
	}

}
