package dev.scaling.test;

/**
 * Counts the statements that users ran on a node, from {@code pg_stat_statements}.
 */
final class StatementCount {

	private static final String CALLS_OF_OTHERS = """
			SELECT coalesce(sum(s.calls), 0) FROM pg_stat_statements s
			WHERE s.userid <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
			""";

	private static final String NO_WORK = "^\\s*((begin|start transaction|commit|end|rollback|savepoint|release"
			+ "|set|reset|show|discard|deallocate)\\M|$)";

	private static final String ABOUT_THE_SERVER = "\\m(pg_is_in_recovery|pg_current_wal|pg_last_wal|pg_last_xact"
			+ "|pg_wal|pg_control_|pg_stat_|pg_settings|pg_catalog|pg_postmaster_start_time|pg_advisory_unlock_all"
			+ "|to_regclass|scaling_instance|scaling-statistics)";

	private final Console console;

	StatementCount(Console console) {
		this.console = console;
	}

	void reset() {
		this.console.execute("SELECT pg_stat_statements_reset()");
	}

	long ofUsers() {
		return this.console.queryLong(CALLS_OF_OTHERS + "AND s.query !~* ? AND s.query !~* ?", NO_WORK,
				ABOUT_THE_SERVER);
	}

	long containing(String fragment) {
		return this.console.queryLong(CALLS_OF_OTHERS + "AND position(lower(?) IN lower(s.query)) > 0", fragment);
	}

}
