package dev.scaling.benchmarks;

import dev.scaling.LightweightRead;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads in a {@link LightweightRead @LightweightRead} method.
 */
class LightweightReader {

	private final NodeQuery query;

	LightweightReader(JdbcTemplate jdbc) {
		this.query = new NodeQuery(jdbc);
	}

	@LightweightRead
	@Transactional(readOnly = true)
	String read() {
		return this.query.run();
	}

}
