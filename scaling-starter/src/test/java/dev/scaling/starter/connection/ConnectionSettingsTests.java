package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for state that is set through JDBC: it follows the logical connection from node
 * to node, and no other borrower sees it.
 */
class ConnectionSettingsTests extends AbstractConnectionTests {

	@BeforeEach
	void createSchema() throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			Jdbc.execute(connection, "CREATE SCHEMA IF NOT EXISTS other");
		}
		this.cluster.awaitReplication();
	}

	@Test
	void schemaFollowsTheConnectionAndDoesNotLeak() throws SQLException {
		String searchPath = nextBorrower("SHOW search_path");
		String searchPathOfReplica = nextReader("SHOW search_path");
		try (Connection connection = readWrite()) {
			connection.setSchema("other");
			assertThat(this.pools.active()).isZero();
			assertThat(connection.getSchema()).isEqualTo("other");
			assertThat(Jdbc.query(connection, "SELECT current_schema")).isEqualTo("other");
			connection.commit();
			assertThat(nextBorrower("SHOW search_path")).isEqualTo(searchPath);
			connection.setReadOnly(true);
			assertThat(Jdbc.isReplica(connection)).isTrue();
			assertThat(Jdbc.query(connection, "SELECT current_schema")).isEqualTo("other");
			connection.commit();
			assertThat(nextReader("SHOW search_path")).isEqualTo(searchPathOfReplica);
		}
		assertThat(nextBorrower("SHOW search_path")).isEqualTo(searchPath);
		assertThat(nextReader("SHOW search_path")).isEqualTo(searchPathOfReplica);
	}

	@Test
	void schemaSetInATransactionThatIsRolledBackDoesNotLeak() throws SQLException {
		String searchPath = nextBorrower("SHOW search_path");
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			connection.setSchema("other");
			assertThat(Jdbc.query(connection, "SELECT current_schema")).isEqualTo("other");
			connection.rollback();
		}
		assertThat(nextBorrower("SHOW search_path")).isEqualTo(searchPath);
	}

	@Test
	void clientInfoFollowsTheConnectionAndDoesNotLeak() throws SQLException {
		String name = nextBorrower("SHOW application_name");
		String nameAtReplica = nextReader("SHOW application_name");
		try (Connection connection = readWrite()) {
			assertThat(connection.getClientInfo("ApplicationName")).isEqualTo(name);
			connection.setClientInfo("ApplicationName", "billing");
			assertThat(this.pools.active()).isZero();
			assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("billing");
			assertThat(connection.getClientInfo()).containsEntry("ApplicationName", "billing");
			assertThat(Jdbc.query(connection, "SHOW application_name")).isEqualTo("billing");
			connection.commit();
			assertThat(nextBorrower("SHOW application_name")).isEqualTo(name);
			connection.setReadOnly(true);
			assertThat(Jdbc.query(connection, "SHOW application_name")).isEqualTo("billing");
			assertThat(Jdbc.isReplica(connection)).isTrue();
		}
		assertThat(nextBorrower("SHOW application_name")).isEqualTo(name);
		assertThat(nextReader("SHOW application_name")).isEqualTo(nameAtReplica);
	}

	@Test
	void clientInfoOfAFailedTransactionDoesNotLeak() throws SQLException {
		String name = nextBorrower("SHOW application_name");
		try (Connection connection = readWrite()) {
			connection.setClientInfo("ApplicationName", "billing");
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> Jdbc.execute(connection, "SELECT nothing"));
		}
		assertThat(nextBorrower("SHOW application_name")).isEqualTo(name);
	}

	@Test
	void clientInfoPropertiesReplaceEarlierOnes() throws SQLException {
		try (Connection connection = readWrite()) {
			connection.setClientInfo("ApplicationName", "billing");
			connection.setClientInfo(new Properties());
			assertThat(Jdbc.query(connection, "SHOW application_name")).isEmpty();
		}
	}

	@Test
	void unknownClientInfoIsNotKept() throws SQLException {
		try (Connection connection = readWrite()) {
			connection.setClientInfo("Unknown", "value");
			assertThat(connection.getClientInfo("Unknown")).isNull();
			assertThat(connection.getClientInfo()).doesNotContainKey("Unknown");
			assertThat(Jdbc.query(connection, "SELECT 1")).isEqualTo("1");
		}
	}

	@Test
	void isolationFollowsTheConnectionAndLeavesNothingOnTheSession() throws SQLException {
		try (Connection connection = readWrite()) {
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			assertThat(this.pools.active()).isZero();
			assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
			for (boolean readOnly : new boolean[] { false, true, false }) {
				connection.setReadOnly(readOnly);
				assertThat(Jdbc.isReplica(connection)).isEqualTo(readOnly);
				assertThat(Jdbc.query(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
				assertThat(Jdbc.query(connection, "SHOW default_transaction_isolation")).isEqualTo("read committed");
				connection.commit();
				assertThat(nextBorrower("SHOW transaction_isolation")).isEqualTo("read committed");
				assertThat(nextReader("SHOW transaction_isolation")).isEqualTo("read committed");
			}
			connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
			assertThat(Jdbc.query(connection, "SHOW transaction_isolation")).isEqualTo("read committed");
		}
	}

	@Test
	void isolationCannotChangeInATransaction() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "SELECT 1");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.setReadOnly(true));
			connection.commit();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.setTransactionIsolation(17));
		}
	}

	@Test
	void serializableReadsGoToThePrimaryAndStayReadOnly() throws SQLException {
		try (Connection connection = readOnly()) {
			connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
			assertThat(Jdbc.isReplica(connection)).isFalse();
			assertThat(Jdbc.query(connection, "SHOW transaction_isolation")).isEqualTo("serializable");
			assertThat(Jdbc.query(connection, "SHOW transaction_read_only")).isEqualTo("on");
		}
		assertThat(nextBorrower("SHOW transaction_read_only")).isEqualTo("off");
	}

	@Test
	void readOnlyDoesNotLeak() throws SQLException {
		try (Connection connection = readOnly()) {
			assertThat(Jdbc.query(connection, "SHOW transaction_read_only")).isEqualTo("on");
		}
		assertThat(nextBorrower("INSERT INTO item (name) VALUES ('one') RETURNING name")).isEqualTo("one");
	}

	@Test
	void networkTimeoutFollowsTheConnectionAndDoesNotLeak() throws SQLException {
		try (Connection connection = readWrite()) {
			connection.setNetworkTimeout(Runnable::run, 1500);
			assertThat(this.pools.active()).isZero();
			assertThat(connection.getNetworkTimeout()).isEqualTo(1500);
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> Jdbc.execute(connection, "SELECT pg_sleep(30)"))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("08006"));
			connection.rollback();
			connection.setReadOnly(true);
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> Jdbc.execute(connection, "SELECT pg_sleep(30)"))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("08006"));
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> connection.setNetworkTimeout(Runnable::run, -1));
		}
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "SELECT 1");
			assertThat(connection.getNetworkTimeout()).isZero();
			Jdbc.execute(connection, "SELECT pg_sleep(2)");
		}
	}

	@Test
	void holdabilityFollowsTheConnectionAndDoesNotLeak() throws SQLException {
		try (Connection connection = readWrite()) {
			connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
			assertThat(connection.getHoldability()).isEqualTo(ResultSet.HOLD_CURSORS_OVER_COMMIT);
			for (boolean readOnly : new boolean[] { false, true }) {
				connection.setReadOnly(readOnly);
				try (Statement statement = connection.createStatement()) {
					assertThat(statement.getResultSetHoldability()).isEqualTo(ResultSet.HOLD_CURSORS_OVER_COMMIT);
				}
				connection.commit();
			}
		}
		try (Connection connection = readWrite(); Statement statement = connection.createStatement()) {
			assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
			assertThat(statement.getResultSetHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
		}
	}

	@Test
	void typeMapFollowsTheConnectionAndDoesNotLeak() throws SQLException {
		try (Connection connection = readWrite()) {
			connection.setTypeMap(Map.of("kind", String.class));
			assertThat(connection.getTypeMap()).containsEntry("kind", String.class);
			Jdbc.execute(connection, "SELECT 1");
			assertThat(connection.getTypeMap()).containsEntry("kind", String.class);
		}
		try (Connection connection = readWrite()) {
			assertThat(connection.getTypeMap()).isEmpty();
			Jdbc.execute(connection, "SELECT 1");
			assertThat(connection.getTypeMap()).isEmpty();
		}
	}

	@Test
	void warningsAreThoseOfThePhysicalConnection() throws SQLException {
		try (Connection connection = readWrite(); Statement statement = connection.createStatement()) {
			statement.execute("DO $$ BEGIN RAISE WARNING 'careful'; END $$");
			assertThat(statement.getWarnings().getMessage()).isEqualTo("careful");
			connection.clearWarnings();
			assertThat((Object) connection.getWarnings()).isNull();
		}
	}

}
