package dev.scaling.autoconfigure;

import dev.scaling.routing.RouteAdvisor;
import dev.scaling.sharding.OnAllShardsAdvisor;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.data.repository.core.support.RepositoryFactoryBeanSupport;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the routes of Spring Data
 * repositories, whose transaction attributes sit inside of the repository's proxy, where
 * an advisor on the bean does not see them.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingTransactionAutoConfiguration.class)
@ConditionalOnClass(RepositoryFactoryBeanSupport.class)
@ConditionalOnBean(RouteAdvisor.class)
public final class ScalingRepositoryAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RepositoryRoutePostProcessor repositoryRoutePostProcessor(ObjectProvider<RouteAdvisor> advisor,
			ObjectProvider<OnAllShardsAdvisor> onAllShards) {
		return new RepositoryRoutePostProcessor(advisor, onAllShards);
	}

	static final class RepositoryRoutePostProcessor implements BeanPostProcessor {

		private final ObjectProvider<RouteAdvisor> advisor;

		private final ObjectProvider<OnAllShardsAdvisor> onAllShards;

		RepositoryRoutePostProcessor(ObjectProvider<RouteAdvisor> advisor,
				ObjectProvider<OnAllShardsAdvisor> onAllShards) {
			this.advisor = advisor;
			this.onAllShards = onAllShards;
		}

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			if (bean instanceof RepositoryFactoryBeanSupport<?, ?, ?> repository) {
				repository.addRepositoryFactoryCustomizer(
						(factory) -> factory.addRepositoryProxyPostProcessor((proxy, information) -> addAdvice(proxy)));
			}
			return bean;
		}

		private void addAdvice(ProxyFactory proxy) {
			proxy.addAdvice(0, this.advisor.getObject().getAdvice());
			this.onAllShards.ifAvailable((advisor) -> proxy.addAdvisor(0, advisor));
		}

	}

}
