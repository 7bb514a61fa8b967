package dev.scaling.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
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
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for migrations: they go through the
 * pool of the node that is the primary when they start, not through the router, which
 * could change the node between two of their transactions.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnBean(Clusters.class)
public final class ScalingMigrationAutoConfiguration {

	private static @Nullable DataSource primaryPool(@Nullable DataSource dataSource) {
		RoutingDataSource routing = (dataSource != null)
				? DataSourceUnwrapper.unwrap(dataSource, RoutingDataSource.class) : null;
		return (routing != null) ? primaryPool(routing.topology()) : null;
	}

	/**
	 * The pool of the node that is the primary now.
	 */
	static DataSource primaryPool(LiveTopology topology) {
		NodePool configured = topology.configuredPrimary();
		NodePool primary = topology.primary().orElse(configured);
		return (primary != configured) ? new PromotedDataSource(primary, configured) : primary.dataSource();
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

	/**
	 * The pool of a promoted replica, as good as that of a primary: its connections can
	 * write, and callers wait for one as long as they do for one of the configured
	 * primary.
	 */
	static final class PromotedDataSource extends DelegatingDataSource {

		private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

		private final Duration timeout;

		PromotedDataSource(NodePool promoted, NodePool configured) {
			super(promoted.dataSource());
			HikariDataSource pool = DataSourceUnwrapper.unwrap(configured.dataSource(), HikariConfigMXBean.class,
					HikariDataSource.class);
			this.timeout = (pool != null) ? Duration.ofMillis(pool.getConnectionTimeout()) : DEFAULT_TIMEOUT;
		}

		@Override
		public Connection getConnection() throws SQLException {
			long start = System.nanoTime();
			while (true) {
				try {
					return writable(super.getConnection());
				}
				catch (SQLTransientConnectionException ex) {
					if (System.nanoTime() - start >= this.timeout.toNanos()) {
						throw ex;
					}
				}
			}
		}

		private static Connection writable(Connection connection) throws SQLException {
			try {
				connection.setReadOnly(false);
				return connection;
			}
			catch (SQLException ex) {
				connection.close();
				throw ex;
			}
		}

	}

}
