package dev.scaling.autoconfigure;

import java.time.Duration;

import dev.scaling.insight.NodeObservations;
import dev.scaling.insight.RepeatedQueries;
import dev.scaling.insight.RepeatedQueriesTransactionListener;
import dev.scaling.insight.SlowQueryLog;
import dev.scaling.routing.Clusters;
import dev.scaling.servlet.RepeatedQueriesFilter;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SlowQueryLog},
 * {@link RepeatedQueries} and {@link NodeObservations}.
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

	/**
	 * Nodes in the observations of datasource-micrometer.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(value = ObservationRegistry.class,
			name = "net.ttddyy.observation.tracing.DataSourceObservationListener")
	static class Observations {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static NodeObservations nodeObservations(ObjectProvider<ObservationRegistry> registry,
				ObjectProvider<Clusters> clusters) {
			return new NodeObservations(() -> registry.getIfAvailable(() -> ObservationRegistry.NOOP),
					clusters::getObject);
		}

	}

	/**
	 * Search for repeated statements.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "scaling.insight.repeated-queries.enabled", matchIfMissing = true)
	static class Repetitions {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static RepeatedQueries repeatedQueries(ScalingProperties properties) {
			ScalingProperties.RepeatedQueries settings = properties.getInsight().getRepeatedQueries();
			check("threshold", settings.getThreshold(), 2);
			check("sample", settings.getSample(), 1);
			return new RepeatedQueries(settings.getThreshold(), settings.getSample());
		}

		private static void check(String name, int value, int least) {
			if (value < least) {
				throw new InvalidConfigurationPropertyValueException("scaling.insight.repeated-queries." + name, value,
						"It has to be " + least + " or more. Set 'scaling.insight.repeated-queries.enabled' to false"
								+ " to look for nothing.");
			}
		}

		@Bean
		RepeatedQueriesTransactionListener repeatedQueriesTransactionListener(RepeatedQueries queries) {
			return new RepeatedQueriesTransactionListener(queries);
		}

	}

	/**
	 * Search over whole requests.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Filter.class, OncePerRequestFilter.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnBooleanProperty(name = "scaling.insight.repeated-queries.enabled", matchIfMissing = true)
	static class RequestRepetitions {

		@Bean
		RepeatedQueriesFilter repeatedQueriesFilter(RepeatedQueries queries) {
			return new RepeatedQueriesFilter(queries);
		}

	}

}
