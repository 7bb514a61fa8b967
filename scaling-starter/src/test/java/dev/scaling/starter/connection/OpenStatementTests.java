package dev.scaling.starter.connection;

import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;

import dev.scaling.ReadOnlyTransactionException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for statements and result sets, and for what they keep open.
 */
class OpenStatementTests extends AbstractConnectionTests {

	@Test
	void statementsAndResultSetsBelongToTheLogicalConnection() throws SQLException {
		try (Connection connection = readWrite();
				Statement statement = connection.createStatement();
				PreparedStatement prepared = connection.prepareStatement("SELECT name FROM item WHERE id = ?");
				CallableStatement callable = connection.prepareCall("{? = call upper(?)}");
				ResultSet result = statement.executeQuery("SELECT 1")) {
			assertThat(statement.getConnection()).isSameAs(connection);
			assertThat(prepared.getConnection()).isSameAs(connection);
			assertThat(callable.getConnection()).isSameAs(connection);
			assertThat(result.getStatement()).isSameAs(statement);
			prepared.setInt(1, 1);
			try (ResultSet preparedResult = prepared.executeQuery()) {
				assertThat(preparedResult.getStatement()).isSameAs(prepared);
			}
			statement.execute("SELECT 2");
			assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
		}
	}

	@Test
	void refCursorBelongsToTheLogicalConnection() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, """
					CREATE FUNCTION pg_temp.items() RETURNS refcursor LANGUAGE plpgsql AS $$
					DECLARE c refcursor; BEGIN OPEN c FOR SELECT 1; RETURN c; END $$""");
			try (CallableStatement callable = connection.prepareCall("{? = call pg_temp.items()}")) {
				callable.registerOutParameter(1, Types.REF_CURSOR);
				callable.execute();
				try (ResultSet result = (ResultSet) callable.getObject(1)) {
					assertThat(result.next()).isTrue();
					assertThat(result.getStatement().getConnection()).isSameAs(connection);
				}
			}
		}
	}

	@Test
	void closedStatementsCannotBeUsed() throws SQLException {
		try (Connection connection = readWrite()) {
			Statement statement = connection.createStatement();
			ResultSet result = statement.executeQuery("SELECT 1");
			statement.close();
			statement.close();
			result.close();
			assertThat(statement.isClosed()).isTrue();
			assertThat(result.isClosed()).isTrue();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.executeQuery("SELECT 1"));
			connection.commit();
			assertThat(this.pools.active()).isZero();
		}
	}

	@Test
	void openStatementKeepsThePhysicalConnectionAfterCommit() throws SQLException {
		try (Connection connection = readWrite()) {
			Statement statement = connection.createStatement();
			int backend = Jdbc.backend(connection);
			connection.commit();
			assertThat(this.pools.active("primary")).isOne();
			assertThat(Jdbc.backend(connection)).isEqualTo(backend);
			connection.commit();
			assertThat(this.pools.active("primary")).isOne();
			statement.close();
			assertThat(this.pools.active()).isZero();
		}
	}

	@Test
	void holdableResultSetIsReadAfterCommit() throws SQLException {
		try (Connection connection = readWrite();
				Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY,
						ResultSet.CONCUR_READ_ONLY, ResultSet.HOLD_CURSORS_OVER_COMMIT)) {
			ResultSet result = statement.executeQuery("SELECT generate_series(1, 100)");
			connection.commit();
			int rows = 0;
			while (result.next()) {
				rows++;
			}
			assertThat(rows).isEqualTo(100);
		}
		assertThat(this.pools.active()).isZero();
	}

	@Test
	void statementIsUsedAgainInTheNextTransaction() throws SQLException {
		try (Connection connection = readWrite();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item (name) VALUES (?)")) {
			insert(insert, "one");
			connection.commit();
			insert(insert, "two");
			connection.rollback();
			insert(insert, "three");
			connection.commit();
			insert(insert, "rolled back at close");
		}
		assertThat(committed()).isEqualTo("one,three");
	}

	@Test
	void statementIsUsedAgainInAutoCommitMode() throws SQLException {
		try (Connection connection = readWrite();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item (name) VALUES (?)")) {
			insert(insert, "one");
			connection.commit();
			connection.setAutoCommit(true);
			insert(insert, "two");
			assertThat(committed()).isEqualTo("one,two");
			connection.setAutoCommit(false);
			insert(insert, "three");
			assertThat(committed()).isEqualTo("one,two");
			connection.rollback();
		}
		assertThat(committed()).isEqualTo("one,two");
	}

	@Test
	void statementMadeInAutoCommitModeIsUsedInATransaction() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item (name) VALUES (?)")) {
			insert(insert, "one");
			connection.setAutoCommit(false);
			insert(insert, "two");
			connection.rollback();
			insert(insert, "three");
			connection.commit();
		}
		assertThat(committed()).isEqualTo("one,three");
	}

	@Test
	void readOnlyTransactionOfAnOpenStatementCannotWrite() throws SQLException {
		try (Connection connection = readWrite();
				PreparedStatement insert = connection.prepareStatement("INSERT INTO item (name) VALUES (?)")) {
			insert(insert, "one");
			connection.commit();
			connection.setReadOnly(true);
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> insert(insert, "two"))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("25006"));
			connection.rollback();
			connection.setReadOnly(false);
			insert(insert, "three");
			connection.commit();
		}
		assertThat(committed()).isEqualTo("one,three");
	}

	@Test
	void readWriteTransactionIsRefusedWhileAStatementOfTheReplicaIsOpen() throws SQLException {
		try (Connection connection = readOnly()) {
			Statement statement = connection.createStatement();
			connection.commit();
			connection.setReadOnly(false);
			assertThatExceptionOfType(ReadOnlyTransactionException.class).isThrownBy(connection::createStatement)
				.withMessageContaining("replica-1")
				.withMessageContaining("a statement of it is open");
			statement.close();
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			connection.commit();
		}
		assertThat(committed()).isEqualTo("one");
	}

	@Test
	void statementClosesOnCompletion() throws SQLException {
		try (Connection connection = readWrite()) {
			Statement statement = connection.createStatement();
			statement.closeOnCompletion();
			assertThat(statement.isCloseOnCompletion()).isTrue();
			ResultSet result = statement.executeQuery("SELECT 1");
			result.close();
			assertThat(statement.isClosed()).isTrue();
			connection.commit();
			assertThat(this.pools.active()).isZero();
		}
	}

	@Test
	void batchesRunInTheTransaction() throws SQLException {
		try (Connection connection = readWrite()) {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item (name) VALUES (?)")) {
				for (String name : new String[] { "one", "two" }) {
					insert.setString(1, name);
					insert.addBatch();
				}
				assertThat(insert.executeBatch()).containsExactly(1, 1);
				connection.commit();
				insert.setString(1, "three");
				insert.addBatch();
				assertThat(insert.executeLargeBatch()).containsExactly(1L);
				connection.rollback();
			}
			try (Statement statement = connection.createStatement()) {
				statement.addBatch("INSERT INTO item (name) VALUES ('four')");
				statement.addBatch("INSERT INTO item (name) VALUES ('one')");
				assertThatExceptionOfType(BatchUpdateException.class).isThrownBy(statement::executeBatch);
				connection.rollback();
				statement.addBatch("INSERT INTO item (name) VALUES ('five')");
				assertThat(statement.executeBatch()).containsExactly(1);
				connection.commit();
			}
		}
		assertThat(committed()).isEqualTo("one,two,five");
	}

	@Test
	void generatedKeysAreReturned() throws SQLException {
		String sql = "INSERT INTO item (name) VALUES ('";
		try (Connection connection = readWrite();
				PreparedStatement prepared = connection.prepareStatement(sql + "a')", Statement.RETURN_GENERATED_KEYS);
				PreparedStatement columns = connection.prepareStatement(sql + "b')", new String[] { "id" });
				Statement statement = connection.createStatement()) {
			prepared.executeUpdate();
			columns.executeUpdate();
			assertThat(key(prepared)).isOne();
			assertThat(key(columns)).isEqualTo(2);
			statement.executeUpdate(sql + "c')", Statement.RETURN_GENERATED_KEYS);
			assertThat(key(statement)).isEqualTo(3);
			statement.execute(sql + "d')", new String[] { "id" });
			assertThat(key(statement)).isEqualTo(4);
		}
	}

	private static int key(Statement statement) throws SQLException {
		try (ResultSet keys = statement.getGeneratedKeys()) {
			assertThat(keys.getStatement()).isSameAs(statement);
			assertThat(keys.next()).isTrue();
			return keys.getInt("id");
		}
	}

	@Test
	void functionsAreCalled() throws SQLException {
		try (Connection connection = readOnly();
				CallableStatement callable = connection.prepareCall("{? = call upper(?)}")) {
			callable.registerOutParameter(1, Types.VARCHAR);
			callable.setString(2, "text");
			callable.execute();
			assertThat(callable.getString(1)).isEqualTo("TEXT");
			connection.commit();
			callable.setString(2, "again");
			callable.execute();
			assertThat(callable.getString(1)).isEqualTo("AGAIN");
			assertThat(this.pools.active("replica-1")).isOne();
		}
		assertThat(this.pools.active()).isZero();
	}

	@Test
	void cursorReadsInPieces() throws SQLException {
		try (Connection connection = readOnly()) {
			try (Statement statement = connection.createStatement()) {
				statement.setFetchSize(10);
				ResultSet result = statement.executeQuery("SELECT generate_series(1, 1000)");
				int rows = 0;
				while (result.next()) {
					rows++;
				}
				assertThat(rows).isEqualTo(1000);
			}
			connection.commit();
			assertThat(this.pools.active()).isZero();
		}
	}

	@Test
	void queryTimeoutLeavesAConnectionThatWorks() throws SQLException {
		try (Connection connection = readOnly()) {
			try (Statement statement = connection.createStatement()) {
				statement.setQueryTimeout(1);
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute("SELECT pg_sleep(30)"))
					.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("57014"));
			}
			connection.rollback();
			assertThat(Jdbc.isReplica(connection)).isTrue();
		}
	}

	@Test
	void failedTransactionIsRolledBackAtCommit() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> Jdbc.execute(connection, "SELECT nothing"));
			connection.commit();
			assertThat(this.pools.active()).isZero();
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('two')");
			connection.commit();
		}
		assertThat(committed()).isEqualTo("two");
	}

	@Test
	void commitThatFailsEndsTheTransaction() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection,
					"ALTER TABLE item ADD parent int REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED");
			connection.commit();
			Jdbc.execute(connection, "INSERT INTO item (name, parent) VALUES ('orphan', 42)");
			assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit)
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("23503"));
			connection.setAutoCommit(true);
			assertThat(this.pools.active()).isZero();
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
		}
		assertThat(committed()).isEqualTo("one");
	}

	private static void insert(PreparedStatement insert, String name) throws SQLException {
		insert.setString(1, name);
		assertThat(insert.executeUpdate()).isOne();
	}

	private String committed() throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			return Jdbc.query(connection, "SELECT string_agg(name, ',' ORDER BY id) FROM item");
		}
	}

}
