package dev.scaling.autoconfigure;

import java.util.Collection;

import dev.scaling.consistency.servlet.ConsistencySessionFilter;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.servlet.RouteHeaderFilter;
import jakarta.servlet.Filter;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link ConsistencySessionFilter}
 * and {@link RouteHeaderFilter}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnClass({ Filter.class, OncePerRequestFilter.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Clusters.class)
public final class ScalingServletAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnSessionsCondition.class)
	ConsistencySessionFilter consistencySessionFilter(ScalingProperties properties, Clusters clusters) {
		ScalingProperties.Consistency consistency = properties.getConsistency();
		return new ConsistencySessionFilter(consistency.getCarrier(), consistency.getMode(), consistency.getTokenTtl(),
				() -> withReplicas(clusters));
	}

	private static Collection<LiveTopology> withReplicas(Clusters clusters) {
		Collection<LiveTopology> all = clusters.all();
		for (LiveTopology cluster : all) {
			if (cluster.replicas().isEmpty()) {
				return all.stream().filter((candidate) -> !candidate.replicas().isEmpty()).toList();
			}
		}
		return all;
	}

	@Bean
	@ConditionalOnBooleanProperty("scaling.routing.response-header")
	RouteHeaderFilter routeHeaderFilter() {
		return new RouteHeaderFilter();
	}

	/**
	 * Sessions matter unless the mode is 'none'.
	 */
	static class OnSessionsCondition extends NoneNestedConditions {

		OnSessionsCondition() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnProperty(name = "scaling.consistency.mode", havingValue = "none")
		static class Off {

		}

	}

}
