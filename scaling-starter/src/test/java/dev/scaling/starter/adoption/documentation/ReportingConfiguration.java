package dev.scaling.starter.adoption.documentation;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A second DataSource.
 */
@Configuration(proxyBeanMethods = false)
class ReportingConfiguration {

	// tag::reporting[]
	@Bean(defaultCandidate = false)
	@ConfigurationProperties("reporting.datasource")
	HikariDataSource reportingDataSource() {
		return new HikariDataSource();
	}

	@Bean(defaultCandidate = false)
	JdbcClient reportingJdbcClient(@Qualifier("reportingDataSource") DataSource dataSource) {
		return JdbcClient.create(dataSource);
	}
	// end::reporting[]

}
