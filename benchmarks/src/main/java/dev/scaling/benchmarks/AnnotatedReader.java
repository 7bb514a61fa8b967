package dev.scaling.benchmarks;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads in {@link Transactional @Transactional} methods.
 */
class AnnotatedReader {

	private final NodeQuery query;

	AnnotatedReader(JdbcTemplate jdbc) {
		this.query = new NodeQuery(jdbc);
	}

	@Transactional(readOnly = true)
	String read() {
		return this.query.run();
	}

	@Transactional
	String readForWrite() {
		return this.query.run();
	}

}
