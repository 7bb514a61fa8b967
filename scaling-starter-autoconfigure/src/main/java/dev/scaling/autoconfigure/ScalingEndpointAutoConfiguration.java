package dev.scaling.autoconfigure;

import dev.scaling.actuate.endpoint.ScalingEndpoint;
import dev.scaling.routing.Clusters;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link ScalingEndpoint}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(ScalingEndpoint.class)
@ConditionalOnBean(Clusters.class)
public final class ScalingEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ScalingEndpoint scalingEndpoint(Clusters clusters) {
		return new ScalingEndpoint(clusters);
	}

}
