package dev.scaling.benchmarks;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * The query of all measured calls: one row with the name of the node that answers.
 */
final class NodeQuery {

	private static final String SQL = "SELECT name FROM node WHERE id = ?";

	private static final Long ID = 1L;

	private static final RowMapper<String> ROW_MAPPER = (resultSet, row) -> resultSet.getString(1);

	private final JdbcTemplate jdbc;

	NodeQuery(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	String run() {
		String name = this.jdbc.queryForObject(SQL, ROW_MAPPER, ID);
		if (name == null) {
			throw new IllegalStateException("No node");
		}
		return name;
	}

}
