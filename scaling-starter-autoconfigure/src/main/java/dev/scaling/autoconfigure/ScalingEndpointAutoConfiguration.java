package dev.scaling.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.actuate.endpoint.ScalingBudgetEndpoint;
import dev.scaling.actuate.endpoint.ScalingDecisionsEndpoint;
import dev.scaling.actuate.endpoint.ScalingEndpoint;
import dev.scaling.actuate.endpoint.ScalingEndpointWebExtension;
import dev.scaling.actuate.endpoint.ScalingKeysEndpoint;
import dev.scaling.insight.DecisionLog;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.routing.Clusters;
import dev.scaling.sharding.KeyTraffic;
import dev.scaling.sharding.ShardMigrations;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.io.ResourceLoader;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link ScalingEndpoint},
 * {@link ScalingBudgetEndpoint}, {@link ScalingDecisionsEndpoint} and
 * {@link ScalingKeysEndpoint}, and for the page of {@link ScalingEndpointWebExtension}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ScalingAutoConfiguration.class, ScalingShardMigrationAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Clusters.class)
public final class ScalingEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	ScalingEndpoint scalingEndpoint(Clusters clusters, ScalingProperties properties,
			ObjectProvider<KeyspaceFactory> keyspaces) {
		return new ScalingEndpoint(clusters, properties.getConsistency().getMode(),
				() -> properties.getKeyspaces().isEmpty() ? Map.of() : shards(keyspaces.getObject()));
	}

	private static Map<String, List<String>> shards(KeyspaceFactory keyspaces) {
		Map<String, List<String>> shards = new LinkedHashMap<>();
		keyspaces.keyspaces().all().forEach((keyspace) -> shards.put(keyspace.name(), keyspace.shards()));
		return shards;
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(ScalingEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	@ImportRuntimeHints(PageRuntimeHints.class)
	ScalingEndpointWebExtension scalingEndpointWebExtension(ResourceLoader resources) {
		return new ScalingEndpointWebExtension(resources);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	ScalingBudgetEndpoint scalingBudgetEndpoint(Clusters clusters, ConnectionBudgets budgets,
			ScalingBudgetProperties properties) {
		return new ScalingBudgetEndpoint(clusters, budgets, properties.getMemoryPerConnection());
	}

	/**
	 * The decisions, which nobody notes for an endpoint that is not there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(ScalingDecisionsEndpoint.class)
	@ConditionalOnBean(RoutingDataSourceFactory.class)
	static class Decisions {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static DecisionLog decisionLog() {
			return new DecisionLog();
		}

		@Bean
		@ConditionalOnMissingBean
		ScalingDecisionsEndpoint scalingDecisionsEndpoint(DecisionLog log) {
			return new ScalingDecisionsEndpoint(log);
		}

	}

	/**
	 * The endpoint of the keyspaces.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnShardsCondition.class)
	static class Keys {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint
		ScalingKeysEndpoint scalingKeysEndpoint(Clusters clusters, KeyspaceFactory keyspaces,
				ObjectProvider<ShardMigrations> migrations, ObjectProvider<KeyTraffic> traffic) {
			clusters.all();
			return new ScalingKeysEndpoint(keyspaces.keyspaces(), migrations.getIfAvailable(),
					traffic.getIfAvailable());
		}

	}

	static class PageRuntimeHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources()
				.registerPattern("dev/scaling/actuate/endpoint/scaling.html")
				.registerPattern(ScalingEndpointWebExtension.EXTENSION_LOCATION);
		}

	}

}
