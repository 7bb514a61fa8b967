package dev.scaling.autoconfigure;

import dev.scaling.Shards;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.ShardKeyMethods;
import dev.scaling.sharding.DefaultShards;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for work on shards.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnBean(RoutingDataSourceFactory.class)
@Conditional(OnShardsCondition.class)
public final class ScalingShardingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(Shards.class)
	DefaultShards shards(Clusters clusters, KeyspaceFactory keyspaces) {
		clusters.all();
		return new DefaultShards(keyspaces.keyspaces());
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ShardKeyMethodValidator shardKeyMethodValidator() {
		return new ShardKeyMethodValidator();
	}

	/**
	 * A key that nobody reads would be a silent default.
	 */
	static final class ShardKeyMethodValidator implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			String problem = ShardKeyMethods.findProblem(bean);
			if (problem != null) {
				throw new ScalingConfigurationException("Bean '" + beanName + "': " + problem + ".",
						"Make the method one that a proxy can override, or move it to a bean of its own, or name the"
								+ " key in a RoutingContext.");
			}
			return bean;
		}

	}

}
