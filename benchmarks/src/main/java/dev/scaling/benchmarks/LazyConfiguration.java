package dev.scaling.benchmarks;

import java.sql.Connection;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.benchmarks.stub.StubDriver;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

/**
 * An application with Spring's own read/write splitting. Auto-commit mode and isolation
 * are given, as its documentation advises, so that no connection is taken to ask for
 * them.
 */
@Configuration(proxyBeanMethods = false)
@Import(PlainConfiguration.class)
class LazyConfiguration {

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
	HikariDataSource primaryDataSource(Environment environment) {
		return pool("primary", environment);
	}

	@Bean
	HikariDataSource replicaDataSource(Environment environment) {
		HikariDataSource pool = pool("replica-1", environment);
		pool.setReadOnly(true);
		return pool;
	}

	private static HikariDataSource pool(String node, Environment environment) {
		HikariDataSource pool = new HikariDataSource();
		pool.setPoolName(node);
		pool.setJdbcUrl(environment.getProperty("benchmarks." + node + ".url", StubDriver.url(node)));
		return pool;
	}

}
