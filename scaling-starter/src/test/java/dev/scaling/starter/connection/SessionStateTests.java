package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import dev.scaling.ReadOnlyTransactionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for state that is set by SQL: it stays with the connection that set it, and no
 * other borrower sees it.
 */
class SessionStateTests extends AbstractConnectionTests {

	/**
	 * What is left on a session, in one line.
	 */
	private static final String STATE = """
			SELECT concat_ws(' ', 'tenant=' || coalesce(current_setting('app.tenant', true), ''),
				'timeout=' || current_setting('statement_timeout'), 'path=' || current_setting('search_path'),
				'user=' || current_user, 'default=' || current_setting('default_transaction_isolation'),
				'channels=' || (SELECT count(*) FROM pg_listening_channels()),
				'cursors=' || (SELECT count(*) FROM pg_cursors WHERE is_holdable),
				'prepared=' || (SELECT count(*) FROM pg_prepared_statements WHERE from_sql),
				'locks=' || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
				'temporary=' || (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()))""";

	@ParameterizedTest
	@ValueSource(strings = { "SET app.tenant = 'acme'", "set session app.tenant to 'acme'",
			"SELECT set_config('app.tenant', 'acme', false)",
			"SELECT pg_catalog.SET_CONFIG ('app.tenant', 'acme', false)", "/* hint */ SET statement_timeout = '10s'",
			"-- why\nSET statement_timeout = '10s'", "SELECT '--', set_config('app.tenant', 'acme', false)",
			"SELECT '/*', set_config('app.tenant', 'acme', false), '*/'", "SELECT 1; SET app.tenant = 'acme'",
			"WITH tenant AS (SELECT set_config('app.tenant', 'acme', false)) SELECT * FROM tenant",
			"DO $$ BEGIN PERFORM set_config('app.tenant', 'acme', false); END $$", "SET ROLE pg_monitor",
			"SET SESSION AUTHORIZATION pg_monitor", "SET search_path = pg_catalog", "SET TIME ZONE 'Asia/Tokyo'",
			"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ", "LISTEN news",
			"CREATE TEMP TABLE work (id int)", "CREATE TEMPORARY TABLE work (id int)",
			"CREATE LOCAL TEMP TABLE work (id int)", "CREATE TEMP TABLE work AS SELECT 1 AS id",
			"SELECT 1 AS id INTO TEMP work", "CREATE OR REPLACE TEMP VIEW work AS SELECT 1 AS id",
			"CREATE TABLE pg_temp.work (id int)", "CREATE TEMP SEQUENCE work", "SELECT pg_advisory_lock(42)",
			"SELECT pg_try_advisory_lock(42)", "SELECT pg_advisory_lock_shared(42)", "PREPARE answer AS SELECT 42",
			"DECLARE answer CURSOR WITH HOLD FOR SELECT 42" })
	void stateOfTheSessionStaysWithItsConnection(String sql) throws SQLException {
		String clean = nextBorrower(STATE);
		try (Connection connection = readWrite()) {
			int backend = Jdbc.backend(connection);
			Jdbc.execute(connection, sql);
			connection.commit();
			assertThat(this.pools.active("primary")).isOne();
			assertThat(Jdbc.backend(connection)).isEqualTo(backend);
			if (!sql.contains("TIME ZONE")) {
				assertThat(Jdbc.query(connection, STATE)).isNotEqualTo(clean);
			}
		}
		assertThat(nextBorrower(STATE)).isEqualTo(clean);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SET app.tenant = 'acme'", "SELECT set_config('app.tenant', 'acme', false)",
			"SELECT pg_advisory_lock(42)", "CREATE TEMP TABLE work (id int)" })
	void stateOfAStatementInAutoCommitModeStaysWithItsConnection(String sql) throws SQLException {
		String clean = nextBorrower(STATE);
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "SELECT 1");
			connection.setAutoCommit(true);
			assertThat(this.pools.active()).isZero();
			Jdbc.execute(connection, sql);
			assertThat(this.pools.active("primary")).isOne();
		}
		assertThat(nextBorrower(STATE)).isEqualTo(clean);
	}

	@Test
	void transactionBegunBySqlStaysWithItsConnection() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "SELECT 1");
			connection.setAutoCommit(true);
			Jdbc.execute(connection, "BEGIN");
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			try (Connection other = this.cluster.primary().dataSource().getConnection()) {
				assertThat(Jdbc.query(other, "SELECT count(*) FROM item")).isEqualTo("0");
			}
			Jdbc.execute(connection, "COMMIT");
			assertThat(committed()).isEqualTo("one");
			Jdbc.execute(connection, "BEGIN");
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('two')");
		}
		try (Connection connection = this.dataSource.getConnection()) {
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('three')");
			assertThat(committed()).isEqualTo("one,three");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "SET LOCAL app.tenant = 'acme'", "SET TRANSACTION READ ONLY",
			"SET CONSTRAINTS ALL DEFERRED", "SELECT pg_advisory_xact_lock(42)", "SELECT pg_try_advisory_xact_lock(42)",
			"UPDATE item SET name = 'x'", "SELECT 'CREATE TEMP TABLE', 'LISTEN', 'SET app.tenant'" })
	void stateThatEndsWithTheTransactionLeavesNothing(String sql) throws SQLException {
		String clean = nextBorrower(STATE);
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, sql);
			connection.commit();
			assertThat(nextBorrower(STATE)).isEqualTo(clean);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "SET LOCAL app.tenant = 'acme'", "SET TRANSACTION READ ONLY",
			"SELECT pg_advisory_xact_lock(42)", "UPDATE item SET name = 'x'",
			"INSERT INTO item (name) VALUES ('set')" })
	void statementWithoutSessionStateDoesNotPin(String sql) throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, sql);
			connection.commit();
			assertThat(this.pools.active()).isZero();
		}
	}

	@Test
	void cleanConnectionIsUsedAgain() throws SQLException {
		int backend;
		try (Connection connection = readWrite()) {
			backend = Jdbc.backend(connection);
			Jdbc.execute(connection, "SET app.tenant = 'acme'");
			connection.commit();
		}
		assertThat(nextBorrower("SELECT pg_backend_pid()")).isEqualTo(String.valueOf(backend));
	}

	@Test
	void cleanConnectionKeepsItsApplicationName() throws SQLException {
		String name = nextBorrower("SHOW application_name");
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "SET application_name = 'billing'");
			connection.commit();
		}
		assertThat(nextBorrower("SHOW application_name")).isEqualTo(name);
	}

	@Test
	void statementsThatPrepareByNameCostTheConnection() throws SQLException {
		for (String sql : List.of("PREPARE answer AS SELECT 42", "DEALLOCATE ALL", "DISCARD ALL")) {
			int backend;
			try (Connection connection = this.dataSource.getConnection()) {
				backend = Jdbc.backend(connection);
				Jdbc.execute(connection, sql);
			}
			assertThat(nextBorrower("SELECT pg_backend_pid()")).isNotEqualTo(String.valueOf(backend));
		}
	}

	@Test
	void setUpBeforeTheTransactionStaysWithTheConnection() throws SQLException {
		try (Connection administrator = this.cluster.primary().dataSource().getConnection()) {
			Jdbc.execute(administrator, """
					CREATE OR REPLACE FUNCTION choose_tenant(tenant text) RETURNS text
					LANGUAGE sql AS $$ SELECT set_config('app.tenant', tenant, false) $$""");
		}
		this.cluster.awaitReplication();
		for (boolean readOnly : new boolean[] { false, true }) {
			try (Connection connection = this.dataSource.getConnection()) {
				connection.setReadOnly(readOnly);
				Jdbc.query(connection, "SELECT choose_tenant('acme')");
				connection.setAutoCommit(false);
				assertThat(Jdbc.query(connection, "SELECT current_setting('app.tenant')")).isEqualTo("acme");
				connection.commit();
				assertThat(this.pools.active()).isOne();
				assertThat(Jdbc.isReplica(connection)).isEqualTo(readOnly);
				assertThat(Jdbc.query(connection, "SELECT current_setting('app.tenant')")).isEqualTo("acme");
				connection.commit();
			}
			String tenant = "SELECT coalesce(current_setting('app.tenant', true), '')";
			assertThat(readOnly ? nextReader(tenant) : nextBorrower(tenant)).isEmpty();
		}
	}

	@Test
	void pinnedConnectionWorksInAutoCommitModeAfterATransaction() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			Jdbc.execute(connection, "SET app.tenant = 'acme'");
			connection.setAutoCommit(false);
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			connection.commit();
			connection.setAutoCommit(true);
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('two')");
			assertThat(committed()).isEqualTo("one,two");
		}
	}

	@Test
	void connectionPinnedToAReplicaRefusesAReadWriteTransaction() throws SQLException {
		try (Connection connection = readOnly()) {
			Jdbc.execute(connection, "SET app.tenant = 'acme'");
			connection.commit();
			connection.setReadOnly(false);
			assertThatExceptionOfType(ReadOnlyTransactionException.class)
				.isThrownBy(() -> Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')"))
				.withMessageContaining("replica-1")
				.withMessageContaining("left state on its session")
				.withMessageContaining("close the connection before the transaction");
		}
	}

	@Test
	void connectionPinnedToThePrimaryReadsThereReadOnly() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "SET app.tenant = 'acme'");
			connection.commit();
			connection.setReadOnly(true);
			assertThat(Jdbc.isReplica(connection)).isFalse();
			assertThatExceptionOfType(ReadOnlyTransactionException.class)
				.isThrownBy(() -> Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')"));
			connection.rollback();
			connection.setReadOnly(false);
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('two')");
			connection.commit();
		}
		assertThat(committed()).isEqualTo("two");
	}

	@Test
	void connectionThatReadInAutoCommitModeStaysOnItsReplica() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setReadOnly(true);
			assertThat(Jdbc.query(connection, "SELECT count(*) FROM item")).isEqualTo("0");
			connection.setReadOnly(false);
			assertThatExceptionOfType(ReadOnlyTransactionException.class)
				.isThrownBy(() -> Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')"))
				.withMessageContaining("replica-1");
		}
	}

	private String committed() throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			return Jdbc.query(connection, "SELECT string_agg(name, ',' ORDER BY id) FROM item");
		}
	}

}
