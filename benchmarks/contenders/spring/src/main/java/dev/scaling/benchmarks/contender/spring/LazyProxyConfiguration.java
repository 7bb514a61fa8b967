package dev.scaling.benchmarks.contender.spring;

import java.sql.Connection;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.benchmarks.contender.Nodes;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

/**
 * Spring's own read/write splitting. Auto-commit mode and isolation are given, as its
 * documentation advises, so that no connection is taken to ask for them.
 */
@Configuration(proxyBeanMethods = false)
class LazyProxyConfiguration {

	@Bean
	@Primary
	LazyConnectionDataSourceProxy dataSource(HikariDataSource primaryDataSource, HikariDataSource replicaDataSource) {
		LazyConnectionDataSourceProxy dataSource = new LazyConnectionDataSourceProxy();
		dataSource.setTargetDataSource(primaryDataSource);
		dataSource.setReadOnlyDataSource(replicaDataSource);
		dataSource.setDefaultAutoCommit(true);
		dataSource.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
		return dataSource;
	}

	@Bean
	HikariDataSource primaryDataSource(Nodes nodes, Environment environment) {
		return Pools.pool("primary", environment.getRequiredProperty("contender.primary.url"), nodes, environment);
	}

	@Bean
	HikariDataSource replicaDataSource(Nodes nodes, Environment environment) {
		HikariDataSource pool = Pools.pool("replica", environment.getRequiredProperty("contender.replica.url"), nodes,
				environment);
		pool.setReadOnly(true);
		return pool;
	}

}
