package dev.scaling.autoconfigure;

import javax.sql.DataSource;

import dev.scaling.routing.Clusters;
import dev.scaling.routing.RoutingDataSource;
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for migrations: they go through the
 * primary's pool, not through the router.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnBean(Clusters.class)
public final class ScalingMigrationAutoConfiguration {

	private static @Nullable DataSource primaryPool(@Nullable DataSource dataSource) {
		RoutingDataSource routing = (dataSource != null)
				? DataSourceUnwrapper.unwrap(dataSource, RoutingDataSource.class) : null;
		return (routing != null) ? routing.topology().primary().dataSource() : null;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ FluentConfiguration.class, FlywayConfigurationCustomizer.class })
	static class Flyway {

		@Bean
		FlywayConfigurationCustomizer primaryFlywayConfigurationCustomizer() {
			return (configuration) -> {
				DataSource primary = primaryPool(configuration.getDataSource());
				if (primary != null) {
					configuration.dataSource(primary);
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SpringLiquibase.class)
	static class Liquibase {

		@Bean
		static BeanPostProcessor primaryLiquibasePostProcessor() {
			return new PrimaryLiquibasePostProcessor();
		}

		static final class PrimaryLiquibasePostProcessor implements BeanPostProcessor {

			@Override
			public Object postProcessBeforeInitialization(Object bean, String beanName) {
				if (bean instanceof SpringLiquibase liquibase) {
					DataSource primary = primaryPool(liquibase.getDataSource());
					if (primary != null) {
						liquibase.setDataSource(primary);
					}
				}
				return bean;
			}

		}

	}

}
