package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import dev.scaling.routing.RoutedConnection;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the contract of {@link Connection}.
 */
class ConnectionContractTests extends AbstractConnectionTests {

	@Test
	void connectionThatDoesNothingTakesNoPhysicalConnection() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setReadOnly(true);
			connection.setAutoCommit(false);
			connection.commit();
			connection.rollback();
			connection.setAutoCommit(true);
			assertThat(connection.isReadOnly()).isTrue();
			assertThat(connection.getAutoCommit()).isTrue();
			assertThat(connection.unwrap(RoutedConnection.class).currentNode()).isNull();
			assertThat(this.pools.active()).isZero();
		}
	}

	@Test
	void metaDataBeforeTheFirstStatementKeepsNoPhysicalConnection() throws SQLException {
		try (Connection connection = readOnly()) {
			DatabaseMetaData metaData = connection.getMetaData();
			assertThat(metaData.getDatabaseProductName()).isEqualTo("PostgreSQL");
			assertThat(metaData.getURL()).isEqualTo(this.cluster.primary().jdbcUrl());
			assertThat(metaData.getUserName()).isEqualTo("postgres");
			assertThat(metaData.supportsBatchUpdates()).isTrue();
			assertThat(metaData.getConnection()).isSameAs(connection);
			assertThat(metaData.unwrap(DatabaseMetaData.class) == metaData).isTrue();
			assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
			assertThat(connection.getCatalog()).isEqualTo("postgres");
			assertThat(connection.getSchema()).isEqualTo("public");
			assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
			assertThat(connection.getNetworkTimeout()).isZero();
			assertThat(connection.getTypeMap()).isEmpty();
			assertThat((Object) connection.getWarnings()).isNull();
			assertThat(connection.nativeSQL("{fn now()}")).isEqualTo("now()");
			assertThat(connection.isValid(1)).isTrue();
			assertThat(this.pools.active()).isZero();
			assertThat(Jdbc.isReplica(connection)).isTrue();
			assertThat(this.pools.active("primary")).isZero();
		}
	}

	@Test
	void metaDataOfTheCatalogueComesFromTheNodeOfTheTransaction() throws SQLException {
		try (Connection connection = readOnly()) {
			try (ResultSet tables = connection.getMetaData().getTables(null, "public", "item", null)) {
				assertThat(this.pools.active("replica-1")).isOne();
				assertThat(tables.next()).isTrue();
				assertThat(tables.getStatement().getConnection()).isSameAs(connection);
				connection.commit();
				assertThat(this.pools.active("replica-1")).isOne();
			}
			assertThat(this.pools.active()).isZero();
		}
	}

	@Test
	void metaDataTellsWhetherTheConnectionIsReadOnly() throws SQLException {
		try (Connection reader = readOnly(); Connection writer = readWrite()) {
			assertThat(reader.getMetaData().isReadOnly()).isTrue();
			assertThat(writer.getMetaData().isReadOnly()).isFalse();
		}
	}

	@Test
	void physicalConnectionIsHeldOnlyWhileATransactionRuns() throws SQLException {
		try (Connection connection = readWrite()) {
			assertThat(Jdbc.isReplica(connection)).isFalse();
			assertThat(this.pools.active("primary")).isOne();
			connection.commit();
			assertThat(this.pools.active()).isZero();
			connection.setReadOnly(true);
			assertThat(Jdbc.isReplica(connection)).isTrue();
			assertThat(this.pools.active("replica-1")).isOne();
			connection.rollback();
			assertThat(this.pools.active()).isZero();
			connection.setReadOnly(false);
			assertThat(Jdbc.isReplica(connection)).isFalse();
			connection.setAutoCommit(true);
			assertThat(this.pools.active()).isZero();
		}
	}

	@Test
	void connectionUnwrapsToItselfWithoutAPhysicalConnection() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			assertThat(connection.isWrapperFor(Connection.class)).isTrue();
			assertThat(connection.unwrap(Connection.class) == connection).isTrue();
			assertThat(connection.isWrapperFor(RoutedConnection.class)).isTrue();
			assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
			assertThat(connection.isWrapperFor(List.class)).isFalse();
			assertThat(this.pools.active()).isZero();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.unwrap(List.class));
		}
	}

	@Test
	void connectionThatWasUnwrappedIsKeptUntilCloseAndNeverReused() throws SQLException {
		int backend;
		try (Connection connection = readWrite()) {
			PGConnection driver = connection.unwrap(PGConnection.class);
			backend = driver.getBackendPID();
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			connection.commit();
			assertThat(this.pools.active("primary")).isOne();
			Jdbc.execute(connection, "LISTEN news");
			Jdbc.execute(connection, "NOTIFY news, 'hot'");
			connection.commit();
			assertThat(driver.getNotifications()).extracting(PGNotification::getParameter).containsExactly("hot");
			assertThat(Jdbc.backend(connection)).isEqualTo(backend);
		}
		assertThat(nextBorrower("SELECT pg_backend_pid()")).isNotEqualTo(String.valueOf(backend));
	}

	@Test
	void isValidTellsTheStateOfTheConnection() throws SQLException {
		Connection connection = readWrite();
		assertThat(connection.isValid(1)).isTrue();
		int backend = Jdbc.backend(connection);
		assertThat(connection.isValid(1)).isTrue();
		try (Connection administrator = this.cluster.primary().dataSource().getConnection()) {
			Jdbc.execute(administrator, "SELECT pg_terminate_backend(" + backend + ", 5000)");
		}
		assertThat(connection.isValid(1)).isFalse();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.isValid(-1));
		connection.close();
		assertThat(connection.isValid(1)).isFalse();
		assertThat(nextBorrower("SELECT 1")).isEqualTo("1");
	}

	@Test
	void connectionThatWasTerminatedIsNotReused() throws SQLException {
		try (Connection connection = readWrite()) {
			int backend = Jdbc.backend(connection);
			try (Connection administrator = this.cluster.primary().dataSource().getConnection()) {
				Jdbc.execute(administrator, "SELECT pg_terminate_backend(" + backend + ", 5000)");
			}
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> Jdbc.backend(connection))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isIn("57P01", "08006"));
			connection.rollback();
			assertThat(Jdbc.backend(connection)).isNotEqualTo(backend);
		}
	}

	@Test
	void abortGivesThePhysicalConnectionUp() throws SQLException {
		Connection connection = readWrite();
		int backend = Jdbc.backend(connection);
		connection.abort(Runnable::run);
		assertThat(connection.isClosed()).isTrue();
		assertThat(this.pools.active()).isZero();
		connection.abort(Runnable::run);
		connection.close();
		assertThat(nextBorrower("SELECT pg_backend_pid()")).isNotEqualTo(String.valueOf(backend));
	}

	@Test
	void abortWithoutAPhysicalConnectionClosesTheConnection() throws SQLException {
		Connection connection = this.dataSource.getConnection();
		connection.abort(Runnable::run);
		assertThat(connection.isClosed()).isTrue();
		assertClosed(connection::createStatement);
	}

	@Test
	void savepointsRollBackPartOfATransaction() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('kept')");
			Savepoint savepoint = connection.setSavepoint("first");
			assertThat(savepoint.getSavepointName()).isEqualTo("first");
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('dropped')");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('kept')"));
			connection.rollback(savepoint);
			Savepoint released = connection.setSavepoint();
			connection.releaseSavepoint(released);
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.rollback(released));
			connection.rollback(savepoint);
			connection.commit();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.rollback(savepoint));
		}
		assertThat(nextBorrower("SELECT string_agg(name, ',') FROM item")).isEqualTo("kept");
	}

	@Test
	void savepointInAutoCommitModeIsRefused() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(connection::setSavepoint);
			assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
			assertThatExceptionOfType(SQLException.class).isThrownBy(connection::rollback);
		}
	}

	@Test
	void autoCommitWorksOutsideOfATransaction() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			assertThat(committed()).isEqualTo("one");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')"));
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('two')");
			assertThat(committed()).isEqualTo("one,two");
		}
	}

	@Test
	void settingAutoCommitCommits() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			assertThat(committed()).isNull();
			connection.setAutoCommit(true);
			assertThat(committed()).isEqualTo("one");
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('two')");
			assertThat(committed()).isEqualTo("one,two");
		}
	}

	@Test
	void closeRollsBackAndReturnsEverything() throws SQLException {
		Connection connection = readWrite();
		Statement statement = connection.createStatement();
		statement.execute("INSERT INTO item (name) VALUES ('one')");
		ResultSet result = statement.executeQuery("SELECT name FROM item");
		connection.close();
		assertThat(this.pools.active()).isZero();
		assertThat(statement.isClosed()).isTrue();
		assertThat(result.isClosed()).isTrue();
		assertThat(committed()).isNull();
		connection.close();
		statement.close();
		result.close();
		this.pools.assertDrained();
	}

	@Test
	void useAfterCloseFails() throws SQLException {
		Connection connection = readWrite();
		Savepoint savepoint = connection.setSavepoint();
		connection.close();
		assertThat(connection.isClosed()).isTrue();
		List<ThrowingCallable> uses = List.of(connection::createStatement,
				() -> connection.prepareStatement("SELECT 1"), () -> connection.prepareCall("SELECT 1"),
				connection::getMetaData, connection::commit, connection::rollback, () -> connection.rollback(savepoint),
				() -> connection.releaseSavepoint(savepoint), connection::setSavepoint, connection::getAutoCommit,
				() -> connection.setAutoCommit(true), connection::isReadOnly, () -> connection.setReadOnly(true),
				connection::getSchema, () -> connection.setSchema("public"), connection::getCatalog,
				() -> connection.setCatalog("postgres"), connection::getTransactionIsolation,
				() -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE),
				connection::getHoldability, () -> connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT),
				connection::getTypeMap, () -> connection.setTypeMap(Map.of()), connection::getNetworkTimeout,
				() -> connection.setNetworkTimeout(Runnable::run, 1000), connection::getWarnings,
				connection::clearWarnings, connection::getClientInfo, () -> connection.getClientInfo("ApplicationName"),
				() -> connection.nativeSQL("SELECT 1"), () -> connection.createArrayOf("text", new Object[0]),
				connection::createBlob, connection::createClob, connection::createSQLXML,
				() -> connection.unwrap(PGConnection.class));
		uses.forEach(ConnectionContractTests::assertClosed);
		assertThatExceptionOfType(SQLClientInfoException.class)
			.isThrownBy(() -> connection.setClientInfo("ApplicationName", "test"))
			.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("08003"));
		assertThatExceptionOfType(SQLClientInfoException.class)
			.isThrownBy(() -> connection.setClientInfo(new Properties()));
		this.pools.assertDrained();
	}

	private static void assertClosed(ThrowingCallable use) {
		assertThatExceptionOfType(SQLException.class).isThrownBy(use)
			.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("08003"));
	}

	/**
	 * The names of the items that others see.
	 */
	private String committed() throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			return Jdbc.query(connection, "SELECT string_agg(name, ',' ORDER BY id) FROM item");
		}
	}

}
