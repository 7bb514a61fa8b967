package dev.scaling.benchmarks.contender.spring;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.benchmarks.contender.Nodes;

import org.springframework.core.env.Environment;

/**
 * The pools of those who make them by hand.
 */
final class Pools {

	private Pools() {
	}

	static HikariDataSource pool(String name, String url, Nodes nodes, Environment environment) {
		HikariDataSource pool = new HikariDataSource();
		pool.setPoolName(name);
		pool.setJdbcUrl(url);
		pool.setUsername(nodes.username());
		pool.setMaximumPoolSize(environment.getProperty("spring.datasource.hikari.maximum-pool-size", Integer.class,
				pool.getMaximumPoolSize()));
		pool.setConnectionTimeout(environment.getProperty("spring.datasource.hikari.connection-timeout", Long.class,
				pool.getConnectionTimeout()));
		return pool;
	}

}
