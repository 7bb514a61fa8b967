package dev.scaling.autoconfigure;

import dev.scaling.insight.RepeatedQueries;
import dev.scaling.insight.SlowQueryLog;
import dev.scaling.metrics.RepeatedQueriesMetrics;
import dev.scaling.metrics.RoutingMetrics;
import dev.scaling.metrics.StatementMetrics;
import dev.scaling.routing.Clusters;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link RoutingMetrics},
 * {@link StatementMetrics} and {@link RepeatedQueriesMetrics}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ScalingAutoConfiguration.class, ScalingInsightAutoConfiguration.class })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(Clusters.class)
public final class ScalingMetricsAutoConfiguration {

	@Bean
	RoutingMetrics routingMetrics(Clusters clusters) {
		return new RoutingMetrics(clusters);
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

}
