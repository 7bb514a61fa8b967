package dev.scaling.autoconfigure;

import dev.scaling.insight.statistics.StatisticsCollector;
import dev.scaling.insight.statistics.StatisticsHistory;
import dev.scaling.insight.statistics.StatisticsOptions;
import dev.scaling.metrics.StatisticsMetrics;
import dev.scaling.routing.Clusters;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link StatisticsCollector}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnBean(Clusters.class)
@ConditionalOnBooleanProperty(name = "scaling.insight.statistics.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ScalingStatisticsProperties.class)
public final class ScalingStatisticsAutoConfiguration {

	@Bean
	StatisticsHistory statisticsHistory() {
		return new StatisticsHistory();
	}

	@Bean
	StatisticsCollector statisticsCollector(Clusters clusters, ClusterMonitors monitors, StatisticsHistory history,
			ScalingStatisticsProperties properties) {
		properties.check();
		return new StatisticsCollector(clusters, monitors::connector, history, new StatisticsOptions(
				properties.getInterval(), properties.getTimeout(), StatisticsOptions.LONG_RUNNING));
	}

	@Bean
	StatisticsLifecycle statisticsLifecycle(StatisticsCollector collector) {
		return new StatisticsLifecycle(collector);
	}

	/**
	 * The meters.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class MetricsConfiguration {

		@Bean
		StatisticsMetrics statisticsMetrics(StatisticsCollector collector, ScalingStatisticsProperties properties) {
			return new StatisticsMetrics(collector, properties.getTables());
		}

	}

}
