package dev.scaling.autoconfigure;

import java.sql.DatabaseMetaData;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.ShardKeyResolver;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.RoutingDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link RoutingDataSource}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = DataSourceAutoConfiguration.class)
@ConditionalOnClass(HikariDataSource.class)
@ConditionalOnBean(DataSource.class)
@ConditionalOnScaling
@EnableConfigurationProperties({ ScalingProperties.class, ScalingBudgetProperties.class })
@ImportRuntimeHints(ScalingAutoConfiguration.MetaDataRuntimeHints.class)
public final class ScalingAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Clusters scalingClusters(ObjectProvider<RoutingDataSourceFactory> factory, BeanFactory beanFactory) {
		return new Clusters(() -> beanFactory.getBean(factory.getObject().applicationDataSources().primaryBeanName(),
				DataSource.class));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RoutingDataSourceFactory routingDataSourceFactory(DefaultListableBeanFactory beanFactory,
			Environment environment, ScalingProperties properties,
			ObjectProvider<ScalingConnectionDetails> connectionDetails, Clusters clusters, ClusterMonitors monitors,
			KeyspaceFactory keyspaces) {
		return new RoutingDataSourceFactory(beanFactory, environment, properties, connectionDetails, clusters, monitors,
				keyspaces);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static KeyspaceFactory keyspaceFactory(ScalingProperties properties, BeanFactory beanFactory,
			ObjectProvider<ShardKeyResolver> shardKeyResolver) {
		return new KeyspaceFactory(properties, beanFactory, shardKeyResolver);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ClusterMonitors clusterMonitors(ScalingProperties properties, Environment environment,
			DefaultListableBeanFactory beanFactory, ScalingBudgetProperties budget, ConnectionBudgets budgets) {
		return new ClusterMonitors(properties, environment, new NodeCredentials(beanFactory), budget, budgets);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ConnectionBudgets connectionBudgets(ScalingBudgetProperties properties, ScalingProperties scaling,
			ObjectProvider<PgBouncerMonitor> pooler) {
		properties.check();
		return new ConnectionBudgets(properties.getMode(), properties.getInterval(),
				scaling.getPgbouncer().getAdmin().getUrl(), pooler::getIfAvailable);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RoutingDataSourcePostProcessor routingDataSourcePostProcessor(
			ObjectProvider<RoutingDataSourceFactory> factory) {
		return new RoutingDataSourcePostProcessor(factory);
	}

	@Bean
	ScalingLifecycle scalingLifecycle(Clusters clusters, ClusterMonitors monitors) {
		return new ScalingLifecycle(clusters, monitors);
	}

	static class MetaDataRuntimeHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.proxies().registerJdkProxy(DatabaseMetaData.class);
		}

	}

}
