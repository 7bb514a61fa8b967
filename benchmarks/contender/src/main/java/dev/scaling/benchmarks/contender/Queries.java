package dev.scaling.benchmarks.contender;

import java.util.Objects;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * The queries of all measured calls.
 */
public final class Queries {

	private static final RowMapper<String> NAME = (resultSet, row) -> resultSet.getString(1);

	private final JdbcTemplate jdbc;

	/**
	 * Creates the queries.
	 * @param jdbc the template
	 */
	public Queries(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Reads one row.
	 * @param id the key of the row
	 * @return the name
	 */
	public String name(long id) {
		return Objects.requireNonNull(this.jdbc.queryForObject("SELECT name FROM node WHERE id = ?", NAME, id));
	}

	/**
	 * Reads a number.
	 * @param sql the query
	 * @return the number
	 */
	public long number(String sql) {
		return Objects.requireNonNull(this.jdbc.queryForObject(sql, Long.class));
	}

}
