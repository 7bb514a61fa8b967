package dev.scaling.starter.statistics;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The checkpoints of a server as it says itself: they have a view of their own since
 * PostgreSQL 17.
 *
 * @param timed the checkpoints that were due
 * @param requested the checkpoints that somebody or the WAL has asked for
 */
record Checkpoints(long timed, long requested) {

	private static final int FIRST_WITH_VIEW = 170000;

	static Checkpoints of(JdbcTemplate server) {
		int version = server.queryForObject("SHOW server_version_num", Integer.class);
		return server.queryForObject(
				(version >= FIRST_WITH_VIEW) ? "SELECT num_timed, num_requested FROM pg_stat_checkpointer"
						: "SELECT checkpoints_timed, checkpoints_req FROM pg_stat_bgwriter",
				(row, number) -> new Checkpoints(row.getLong(1), row.getLong(2)));
	}

}
