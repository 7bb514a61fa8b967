package dev.scaling.benchmarks.contender.dynamic;

import java.util.LinkedHashMap;
import java.util.Map;

import com.baomidou.dynamic.datasource.annotation.DS;
import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.contender.Queries;
import dev.scaling.benchmarks.contender.Reader;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * The starter of dynamic-datasource: {@code master}, and a group {@code slave} whose
 * members take turns. Readers choose the group with {@link DS @DS}, because it does not
 * ask whether a transaction is read-only. Its pools get the sizes of Spring Boot's.
 */
public final class DynamicDataSource implements Contender {

	private static final String PREFIX = "spring.datasource.dynamic.";

	@Override
	public String name() {
		return "dynamic-datasource";
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put(PREFIX + "primary", "master");
		properties.put(PREFIX + "strict", true);
		properties.put(PREFIX + "hikari.maximum-pool-size", "${spring.datasource.hikari.maximum-pool-size:10}");
		properties.put(PREFIX + "hikari.connection-timeout", "${spring.datasource.hikari.connection-timeout:30000}");
		dataSource(properties, "master", nodes.primary(), nodes.username());
		for (int i = 0; i < nodes.replicas().size(); i++) {
			dataSource(properties, "slave_" + (i + 1), nodes.replicas().get(i), nodes.username());
		}
		return properties;
	}

	private static void dataSource(Map<String, Object> properties, String name, String url, String username) {
		String prefix = PREFIX + "datasource." + name + ".";
		properties.put(prefix + "url", url);
		properties.put(prefix + "username", username);
		properties.put(prefix + "driver-class-name", "${spring.datasource.driver-class-name:org.postgresql.Driver}");
	}

	@Override
	public Class<? extends Reader> reader() {
		return SlaveReader.class;
	}

	/**
	 * Reads in methods of the group {@code slave}.
	 */
	static class SlaveReader implements Reader {

		private final Queries queries;

		SlaveReader(JdbcTemplate jdbc) {
			this.queries = new Queries(jdbc);
		}

		@Override
		@DS("slave")
		@Transactional(readOnly = true)
		public String read(long id) {
			return this.queries.name(id);
		}

		@Override
		@DS("slave")
		@Transactional(readOnly = true)
		public long query(String sql) {
			return this.queries.number(sql);
		}

	}

}
