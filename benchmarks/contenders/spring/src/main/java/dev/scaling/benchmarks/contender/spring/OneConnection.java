package dev.scaling.benchmarks.contender.spring;

import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.contender.Queries;
import dev.scaling.benchmarks.contender.Reader;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A connection to the first replica that is never given back, in auto-commit mode: what
 * nobody can beat. For reads of one thread.
 */
public final class OneConnection implements Contender {

	@Override
	public String name() {
		return "one-connection";
	}

	@Override
	public Class<?> configuration() {
		return OneConnectionConfiguration.class;
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		return Map.of();
	}

	@Override
	public Class<? extends Reader> reader() {
		return AutoCommitReader.class;
	}

	/**
	 * The connection.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OneConnectionConfiguration {

		@Bean
		SingleConnectionDataSource dataSource(Nodes nodes) {
			return new SingleConnectionDataSource(nodes.replicas().get(0), nodes.username(), "", true);
		}

	}

	/**
	 * Reads without a transaction.
	 */
	static class AutoCommitReader implements Reader {

		private final Queries queries;

		AutoCommitReader(JdbcTemplate jdbc) {
			this.queries = new Queries(jdbc);
		}

		@Override
		public String read(long id) {
			return this.queries.name(id);
		}

		@Override
		public long query(String sql) {
			return this.queries.number(sql);
		}

	}

}
