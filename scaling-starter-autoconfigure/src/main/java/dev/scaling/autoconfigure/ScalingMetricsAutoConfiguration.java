package dev.scaling.autoconfigure;

import dev.scaling.metrics.RoutingMetrics;
import dev.scaling.routing.Clusters;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link RoutingMetrics}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(Clusters.class)
public final class ScalingMetricsAutoConfiguration {

	@Bean
	RoutingMetrics routingMetrics(Clusters clusters) {
		return new RoutingMetrics(clusters);
	}

}
