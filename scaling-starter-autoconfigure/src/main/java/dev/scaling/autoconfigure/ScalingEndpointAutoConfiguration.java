package dev.scaling.autoconfigure;

import dev.scaling.actuate.endpoint.ScalingEndpoint;
import dev.scaling.actuate.endpoint.ScalingKeysEndpoint;
import dev.scaling.routing.Clusters;
import dev.scaling.sharding.ShardMigrations;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link ScalingEndpoint} and
 * {@link ScalingKeysEndpoint}.
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
	ScalingEndpoint scalingEndpoint(Clusters clusters) {
		return new ScalingEndpoint(clusters);
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
				ObjectProvider<ShardMigrations> migrations) {
			clusters.all();
			return new ScalingKeysEndpoint(keyspaces.keyspaces(), migrations.getIfAvailable());
		}

	}

}
