package dev.scaling.autoconfigure;

import dev.scaling.consistency.servlet.ConsistencySessionFilter;
import dev.scaling.insight.RepeatedQueries;
import dev.scaling.insight.SlowQueryLog;
import dev.scaling.metrics.BudgetMetrics;
import dev.scaling.metrics.DirectoryMetrics;
import dev.scaling.metrics.GatherMetrics;
import dev.scaling.metrics.KeyTrafficMetrics;
import dev.scaling.metrics.RepeatedQueriesMetrics;
import dev.scaling.metrics.RoutingMetrics;
import dev.scaling.metrics.StatementMetrics;
import dev.scaling.metrics.TokenMetrics;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.routing.Clusters;
import dev.scaling.sharding.GatherExecutor;
import dev.scaling.sharding.KeyTraffic;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link RoutingMetrics},
 * {@link StatementMetrics}, {@link RepeatedQueriesMetrics}, {@link GatherMetrics},
 * {@link DirectoryMetrics}, {@link KeyTrafficMetrics}, {@link BudgetMetrics} and
 * {@link TokenMetrics}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ScalingAutoConfiguration.class, ScalingInsightAutoConfiguration.class,
		ScalingShardingAutoConfiguration.class, ScalingServletAutoConfiguration.class })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(Clusters.class)
public final class ScalingMetricsAutoConfiguration {

	@Bean
	RoutingMetrics routingMetrics(Clusters clusters) {
		return new RoutingMetrics(clusters);
	}

	@Bean
	BudgetMetrics budgetMetrics(Clusters clusters, ConnectionBudgets budgets) {
		return new BudgetMetrics(clusters, budgets);
	}

	@Bean
	@ConditionalOnBean(SlowQueryLog.class)
	StatementMetrics statementMetrics(Clusters clusters, SlowQueryLog slowQueryLog) {
		return new StatementMetrics(clusters, slowQueryLog);
	}

	@Bean
	@ConditionalOnBean(RepeatedQueries.class)
	RepeatedQueriesMetrics repeatedQueriesMetrics(RepeatedQueries queries) {
		return new RepeatedQueriesMetrics(queries);
	}

	/**
	 * Meters of sessions over HTTP.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Filter.class, OncePerRequestFilter.class })
	static class SessionMetricsConfiguration {

		@Bean
		@ConditionalOnBean(ConsistencySessionFilter.class)
		TokenMetrics tokenMetrics(ConsistencySessionFilter filter) {
			return new TokenMetrics(filter);
		}

	}

	/**
	 * Meters of shards.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(GatherExecutor.class)
	static class ShardMetricsConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static GatherMetrics gatherMetrics(ObjectProvider<Clusters> clusters, ObjectProvider<GatherExecutor> executor) {
			return new GatherMetrics(clusters::getObject, executor::getObject);
		}

		@Bean
		@ConditionalOnBean(KeyspaceFactory.class)
		DirectoryMetrics directoryMetrics(KeyspaceFactory keyspaces) {
			return new DirectoryMetrics(keyspaces::usedDirectories);
		}

		@Bean
		@ConditionalOnBean(KeyTraffic.class)
		KeyTrafficMetrics keyTrafficMetrics(Clusters clusters, KeyspaceFactory keyspaces, KeyTraffic traffic) {
			return new KeyTrafficMetrics(() -> {
				clusters.all();
				return keyspaces.keyspaces();
			}, traffic);
		}

	}

}
