package dev.scaling.autoconfigure;

import dev.scaling.jpa.ReplicaCacheListener;
import dev.scaling.jpa.ReplicaCollectionGuard;
import dev.scaling.jpa.ReplicaReadGuard;
import dev.scaling.routing.Clusters;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what JPA needs to work with
 * replicas.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class,
		afterName = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration")
@ConditionalOnClass({ EntityManagerFactory.class, SessionFactoryImplementor.class,
		LocalContainerEntityManagerFactoryBean.class })
@ConditionalOnBean({ Clusters.class, EntityManagerFactory.class })
public final class ScalingJpaAutoConfiguration {

	@Bean
	SmartInitializingSingleton replicaReadGuardRegistrar(ObjectProvider<EntityManagerFactory> factories) {
		ReplicaReadGuard entities = new ReplicaReadGuard();
		ReplicaCollectionGuard collections = new ReplicaCollectionGuard();
		return () -> factories.stream().forEach((factory) -> register(entities, collections, factory));
	}

	private static void register(ReplicaReadGuard entities, ReplicaCollectionGuard collections,
			EntityManagerFactory factory) {
		EventListenerRegistry registry = factory.unwrap(SessionFactoryImplementor.class)
			.getEventEngine()
			.getListenerRegistry();
		registry.appendListeners(EventType.POST_LOAD, entities);
		registry.appendListeners(EventType.PRE_UPDATE, entities);
		registry.appendListeners(EventType.PRE_DELETE, entities);
		registry.appendListeners(EventType.INIT_COLLECTION, collections);
		registry.appendListeners(EventType.PRE_COLLECTION_UPDATE, collections);
		registry.appendListeners(EventType.PRE_COLLECTION_REMOVE, collections);
	}

	@Bean
	ReplicaCacheListener replicaCacheListener(ObjectProvider<EntityManagerFactory> factories) {
		return new ReplicaCacheListener(
				() -> factories.stream().filter(ScalingJpaAutoConfiguration::hasCache).toList());
	}

	private static boolean hasCache(EntityManagerFactory factory) {
		return factory.unwrap(SessionFactoryImplementor.class).getSessionFactoryOptions().isSecondLevelCacheEnabled();
	}

}
