package dev.scaling.benchmarks.contender;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads in {@link Transactional @Transactional} methods.
 */
public class AnnotatedReader implements Reader {

	private final Queries queries;

	public AnnotatedReader(JdbcTemplate jdbc) {
		this.queries = new Queries(jdbc);
	}

	@Override
	@Transactional(readOnly = true)
	public String read(long id) {
		return this.queries.name(id);
	}

	@Override
	@Transactional(readOnly = true)
	public long query(String sql) {
		return this.queries.number(sql);
	}

}
