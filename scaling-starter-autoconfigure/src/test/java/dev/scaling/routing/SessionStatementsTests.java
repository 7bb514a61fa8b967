package dev.scaling.routing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SessionStatements}.
 */
class SessionStatementsTests {

	private final SessionStatements statements = new SessionStatements();

	@ParameterizedTest
	@ValueSource(strings = { "SET app.tenant = 'a'", "set search_path to a, b", "  SET SESSION statement_timeout = 1",
			"/* comment */ SET ROLE a", "-- comment\nSET ROLE a", "RESET ALL", "LISTEN orders", "UNLISTEN *",
			"CREATE TEMP TABLE t (id int)", "create temporary table t (id int)", "CREATE LOCAL TEMP TABLE t (id int)",
			"SELECT * INTO TEMP t FROM a", "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
			"SELECT set_config('app.tenant', ?, false)", "select SET_CONFIG ('a', 'b', true)",
			"SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_lock(1)", "SELECT pg_advisory_lock_shared(1)",
			"SELECT 1; SET app.tenant = 'a'", "LOAD 'auto_explain'",
			"SELECT '--', set_config('app.tenant', 'acme', false)",
			"SELECT '/*', set_config('app.tenant', 'acme', false), '*/'", "CREATE OR REPLACE TEMP VIEW v AS SELECT 1",
			"CREATE TABLE pg_temp.work (id int)" })
	void stateOnTheSessionPins(String sql) {
		assertThat(this.statements.pin(sql)).isEqualTo(Pin.SESSION_STATE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PREPARE p AS SELECT 1", "DEALLOCATE ALL", "DISCARD ALL" })
	void namesOfPreparedStatementsPin(String sql) {
		assertThat(this.statements.pin(sql)).isEqualTo(Pin.PREPARED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "BEGIN", "start transaction read only", "SELECT 1; begin" })
	void transactionsThatJdbcDoesNotKnowOfPin(String sql) {
		assertThat(this.statements.pin(sql)).isEqualTo(Pin.TRANSACTION);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SELECT 1", "DO $$ BEGIN NULL; END $$", "SELECT 'x; SET a.b = c'", "UPDATE a SET b = 1",
			"SET LOCAL app.tenant = 'a'", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
			"set constraints all deferred", "SELECT pg_advisory_xact_lock(1)", "PREPARE TRANSACTION 'a'",
			"SELECT settings FROM users", "INSERT INTO temperature VALUES (1)", "SELECT 'reset' AS listen",
			"CREATE TABLE templates (id int)", "/* SET ROLE a */ SELECT 1", "" })
	void whatEndsWithTheTransactionDoesNotPin(String sql) {
		assertThat(this.statements.pin(sql)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SET app.tenant = 'a'", "LISTEN orders", "CREATE TEMP TABLE t (id int)",
			"CREATE TABLE pg_temp.work (id int)", "SELECT * INTO TEMP t FROM a",
			"DECLARE c CURSOR WITH HOLD FOR SELECT 1", "SELECT set_config('app.tenant', ?, false)",
			"SELECT set_config('app.tenant', 'a', ?)", "SELECT set_config('a', 'b', true), set_config('a', 'b', false)",
			"SELECT pg_advisory_lock(1)", "RESET a.b; SET a.b = 'c'", "LOAD 'auto_explain'", "DISCARD ALL",
			"PREPARE p AS SELECT 1", "CREATE TEMP TABLE t (id int) ON COMMIT DROP; SET a.b = 'c'" })
	void whatOutlivesItsTransactionLeavesState(String sql) {
		assertThat(this.statements.isLeavingState(sql)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SELECT 1", "SET LOCAL a.b = 'c'", "RESET ALL", "UNLISTEN *",
			"CREATE TEMP TABLE t (id int) ON COMMIT DROP", "create table pg_temp.t (id int) on commit drop",
			"SELECT * FROM pg_temp.t", "DECLARE c CURSOR FOR SELECT 1", "SELECT set_config('app.tenant', ?, true)",
			"SELECT set_config('a', coalesce(?, 'b'), TRUE)", "BEGIN", "SELECT pg_advisory_xact_lock(1)" })
	void whatEndsWithTheTransactionLeavesNoState(String sql) {
		assertThat(this.statements.isLeavingState(sql)).isFalse();
	}

	@Test
	void manyTextsAreClassifiedWithoutBeingKept() {
		for (int i = 0; i < 10_000; i++) {
			assertThat(this.statements.pin("SELECT " + i)).isNull();
		}
		assertThat(this.statements.pin("SET a.b = 'c'")).isEqualTo(Pin.SESSION_STATE);
	}

}
