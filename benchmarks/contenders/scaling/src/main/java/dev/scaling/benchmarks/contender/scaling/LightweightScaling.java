package dev.scaling.benchmarks.contender.scaling;

import dev.scaling.LightweightRead;
import dev.scaling.benchmarks.contender.Queries;
import dev.scaling.benchmarks.contender.Reader;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * The starter with {@link LightweightRead @LightweightRead} methods.
 */
public final class LightweightScaling extends Scaling {

	@Override
	public String name() {
		return "scaling-lightweight";
	}

	@Override
	public Class<? extends Reader> reader() {
		return LightweightReader.class;
	}

	/**
	 * Reads in {@link LightweightRead @LightweightRead} methods.
	 */
	static class LightweightReader implements Reader {

		private final Queries queries;

		LightweightReader(JdbcTemplate jdbc) {
			this.queries = new Queries(jdbc);
		}

		@Override
		@LightweightRead
		@Transactional(readOnly = true)
		public String read(long id) {
			return this.queries.name(id);
		}

		@Override
		@LightweightRead
		@Transactional(readOnly = true)
		public long query(String sql) {
			return this.queries.number(sql);
		}

	}

}
