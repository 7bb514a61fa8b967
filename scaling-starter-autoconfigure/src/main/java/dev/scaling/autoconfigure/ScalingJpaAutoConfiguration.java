package dev.scaling.autoconfigure;

import dev.scaling.jpa.ReplicaCacheListener;
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
		ReplicaReadGuard guard = new ReplicaReadGuard();
		return () -> factories.stream().forEach((factory) -> register(guard, factory));
	}

	private static void register(ReplicaReadGuard guard, EntityManagerFactory factory) {
		EventListenerRegistry registry = factory.unwrap(SessionFactoryImplementor.class)
			.getEventEngine()
			.getListenerRegistry();
		registry.appendListeners(EventType.POST_LOAD, guard);
		registry.appendListeners(EventType.PRE_UPDATE, guard);
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
