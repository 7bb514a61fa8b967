package dev.scaling.autoconfigure;

import java.time.Duration;

import dev.scaling.insight.SlowQueryLog;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SlowQueryLog}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnBean(RoutingDataSourceFactory.class)
public final class ScalingInsightAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@ConditionalOnBooleanProperty(name = "scaling.insight.slow-query.enabled", matchIfMissing = true)
	static SlowQueryLog slowQueryLog(ScalingProperties properties) {
		ScalingProperties.SlowQuery slowQuery = properties.getInsight().getSlowQuery();
		Duration threshold = slowQuery.getThreshold();
		if (threshold.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("scaling.insight.slow-query.threshold", threshold,
					"The time must not be negative. Set 'scaling.insight.slow-query.enabled' to false to log nothing.");
		}
		return new SlowQueryLog(threshold, slowQuery.isParameters());
	}

}
