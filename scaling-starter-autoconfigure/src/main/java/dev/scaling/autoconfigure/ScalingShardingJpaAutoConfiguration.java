package dev.scaling.autoconfigure;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.scaling.RoutingContext;
import dev.scaling.jpa.ShardedPersistence;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.topology.Node;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for JPA over several shards.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingShardingAutoConfiguration.class,
		afterName = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration")
@ConditionalOnClass({ EntityManagerFactory.class, SessionFactoryImplementor.class,
		LocalContainerEntityManagerFactoryBean.class })
@ConditionalOnBean({ Clusters.class, EntityManagerFactory.class })
@Conditional(OnShardsCondition.class)
public final class ScalingShardingJpaAutoConfiguration {

	@Bean
	static BootstrapPostProcessor shardedBootstrapPostProcessor(ObjectProvider<Clusters> clusters) {
		return new BootstrapPostProcessor(() -> clusters.getObject().all());
	}

	@Bean
	SmartInitializingSingleton shardedPersistenceValidator(ObjectProvider<EntityManagerFactory> factories,
			Clusters clusters, KeyspaceFactory keyspaces) {
		return () -> {
			if (clusters.all().size() > 1) {
				Set<String> tables = keyspaces.keyspaces()
					.all()
					.stream()
					.flatMap((keyspace) -> keyspace.tables().keySet().stream())
					.map((table) -> table.toLowerCase(Locale.ROOT))
					.collect(Collectors.toSet());
				factories.stream().forEach((factory) -> check(factory, tables));
			}
		};
	}

	private static void check(EntityManagerFactory factory, Set<String> tables) {
		String problem = ShardedPersistence.findProblem(factory, tables);
		if (problem != null) {
			throw new ScalingConfigurationException(problem + ".",
					"Switch the caches off; let the ids be given by the shard one by one (allocationSize = 1, or"
							+ " GenerationType.IDENTITY), or by the application; and list the tables that are on shards"
							+ " under 'tables' of their keyspace, so that others are left alone.");
		}
	}

	/**
	 * Lets Hibernate ask the first shard about the database, when there is no cluster
	 * {@code main}: it has no key.
	 */
	static final class BootstrapPostProcessor implements BeanPostProcessor {

		private final Supplier<Collection<LiveTopology>> clusters;

		BootstrapPostProcessor(Supplier<Collection<LiveTopology>> clusters) {
			this.clusters = clusters;
		}

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			if (bean instanceof LocalContainerEntityManagerFactoryBean factory) {
				String shard = firstShard();
				if (shard != null) {
					AsyncTaskExecutor executor = factory.getBootstrapExecutor();
					factory.setBootstrapExecutor(new ShardExecutor(executor, shard));
				}
			}
			return bean;
		}

		private @Nullable String firstShard() {
			String first = null;
			for (LiveTopology topology : this.clusters.get()) {
				if (topology.cluster().equals(Node.MAIN_CLUSTER)) {
					return null;
				}
				first = (first != null) ? first : topology.cluster();
			}
			return first;
		}

	}

	/**
	 * Runs tasks on a shard, in the thread of the caller if there is no other executor.
	 */
	private record ShardExecutor(@Nullable AsyncTaskExecutor executor, String shard) implements AsyncTaskExecutor {

		@Override
		public void execute(Runnable task) {
			Runnable onShard = () -> RoutingContext.onShard(this.shard).run(task);
			if (this.executor != null) {
				this.executor.execute(onShard);
			}
			else {
				onShard.run();
			}
		}

	}

}
