package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.List;

import dev.scaling.Shards;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RouteAdvisor;
import dev.scaling.routing.ShardKeyMethods;
import dev.scaling.sharding.DefaultShards;
import dev.scaling.sharding.GatherExecutor;
import dev.scaling.sharding.GatherListener;
import dev.scaling.sharding.GatherOptions;
import dev.scaling.sharding.KeyTraffic;
import dev.scaling.sharding.MainTables;
import dev.scaling.sharding.OnAllShardsAdvisor;
import dev.scaling.sharding.OnAllShardsInterceptor;
import dev.scaling.topology.Node;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;
import org.springframework.util.StringUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for work on shards.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ScalingAutoConfiguration.class, ScalingTransactionAutoConfiguration.class })
@ConditionalOnBean(RoutingDataSourceFactory.class)
@Conditional(OnShardsCondition.class)
@EnableConfigurationProperties(ScalingHotKeysProperties.class)
public final class ScalingShardingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(Shards.class)
	DefaultShards shards(Clusters clusters, KeyspaceFactory keyspaces, GatherExecutor executor) {
		clusters.all();
		return new DefaultShards(keyspaces.keyspaces(), executor, keyspaces::directory);
	}

	@Bean
	@ConditionalOnMissingBean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static GatherExecutor gatherExecutor(ScalingProperties properties, ObjectProvider<Clusters> clusters,
			ObjectProvider<GatherListener> listeners) {
		ScalingProperties.Gather gather = properties.getGather();
		checkPositive(gather.getTimeout().compareTo(Duration.ZERO) > 0, "timeout", gather.getTimeout());
		checkPositive(gather.getConcurrency() > 0, "concurrency", gather.getConcurrency());
		GatherOptions defaults = GatherOptions.defaults();
		return new GatherExecutor(
				new GatherOptions(gather.getTimeout(), gather.getConcurrency(), defaults.branches(), defaults.rows()),
				(shard) -> merges(clusters.getObject(), shard), notifying(listeners.orderedStream().toList()));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@ConditionalOnBooleanProperty(name = "scaling.insight.hot-keys.enabled", matchIfMissing = true)
	static KeyTraffic keyTraffic(ScalingHotKeysProperties properties) {
		if (properties.getSample() < 1) {
			throw new InvalidConfigurationPropertyValueException("scaling.insight.hot-keys.sample",
					properties.getSample(),
					"It has to be 1 or more. Set 'scaling.insight.hot-keys.enabled' to false to look at nothing.");
		}
		return new KeyTraffic(properties.getSample());
	}

	private static GatherListener notifying(List<GatherListener> listeners) {
		return (outcome, nanos, shards, failed) -> {
			for (GatherListener listener : listeners) {
				listener.finished(outcome, nanos, shards, failed);
			}
		};
	}

	private static void checkPositive(boolean positive, String name, Object value) {
		if (!positive) {
			throw new InvalidConfigurationPropertyValueException("scaling.gather." + name, value,
					"It has to be positive.");
		}
	}

	/**
	 * Half of the connections of a shard's smallest pool: a merge holds one of each
	 * shard.
	 */
	private static int merges(Clusters clusters, String shard) {
		int connections = clusters.find(shard)
			.stream()
			.flatMap((topology) -> topology.pools().stream())
			.mapToInt(NodePool::maximumSize)
			.filter((size) -> size > 0)
			.min()
			.orElse(1);
		return Math.max(1, connections / 2);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@ConditionalOnBean(RouteAdvisor.class)
	static OnAllShardsAdvisor onAllShardsAdvisor(RouteAdvisor routeAdvisor, ObjectProvider<GatherExecutor> executor,
			ObjectProvider<Clusters> clusters, ObjectProvider<KeyspaceFactory> keyspaces) {
		OnAllShardsAdvisor advisor = new OnAllShardsAdvisor(
				new OnAllShardsInterceptor(executor::getObject, (keyspace) -> {
					clusters.getObject().all();
					return keyspaces.getObject()
						.keyspaces()
						.get(StringUtils.hasText(keyspace) ? keyspace : null)
						.shards();
				}));
		advisor.setOrder(Math.max(Integer.MIN_VALUE + 1, routeAdvisor.getOrder()) - 1);
		return advisor;
	}

	/**
	 * The tables are looked at when migrations have run.
	 */
	@Bean
	SmartInitializingSingleton mainTablesCheck(Clusters clusters, KeyspaceFactory keyspaces) {
		return () -> {
			clusters.all();
			clusters.find(Node.MAIN_CLUSTER)
				.filter((main) -> keyspaces.keyspaces()
					.all()
					.stream()
					.anyMatch((keyspace) -> !keyspace.tables().isEmpty()))
				.ifPresent((main) -> new MainTables(() -> main, keyspaces.keyspaces().all()).start());
		};
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
						"Make the method one that a proxy can override, or move it to a bean of its own, or say in code"
								+ " where its work runs: with a RoutingContext, or Shards.");
			}
			return bean;
		}

	}

}
