package dev.scaling.starter.adoption.documentation;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A DataSource bean of the application.
 */
@Configuration(proxyBeanMethods = false)
class OwnDataSourceConfiguration {

	// tag::own[]
	@Bean
	@ConfigurationProperties("shop.datasource")
	HikariDataSource dataSource() {
		return new HikariDataSource();
	}
	// end::own[]

}
