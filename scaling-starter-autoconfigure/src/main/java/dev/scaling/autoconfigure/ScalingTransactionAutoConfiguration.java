package dev.scaling.autoconfigure;

import javax.sql.DataSource;

import dev.scaling.routing.JoinPolicy;
import dev.scaling.routing.RouteAdvisor;
import dev.scaling.routing.RouteInterceptor;
import dev.scaling.routing.RoutingTransactionListener;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.transaction.interceptor.BeanFactoryTransactionAttributeSourceAdvisor;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the routes of transactional
 * methods.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ScalingAutoConfiguration.class, TransactionAutoConfiguration.class })
@ConditionalOnBean(RoutingDataSourceFactory.class)
public final class ScalingTransactionAutoConfiguration {

	@Bean
	RoutingTransactionListener routingTransactionListener() {
		return new RoutingTransactionListener();
	}

	/**
	 * Templates and repositories have no method for the advisor: the transaction manager
	 * itself refuses them.
	 */
	@Bean
	@ConditionalOnProperty(name = "scaling.routing.write-in-read-only", havingValue = "fail")
	TransactionManagerCustomizer<AbstractPlatformTransactionManager> validatingTransactionManagerCustomizer() {
		return (manager) -> manager.setValidateExistingTransaction(true);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@ConditionalOnBean(TransactionAttributeSource.class)
	static RouteAdvisor routeAdvisor(TransactionAttributeSource attributeSource, Environment environment,
			ObjectProvider<BeanFactoryTransactionAttributeSourceAdvisor> transactionAdvisor,
			ObjectProvider<RoutingDataSourceFactory> factory, BeanFactory beanFactory) {
		JoinPolicy joinPolicy = Binder.get(environment)
			.bind("scaling.routing.write-in-read-only", JoinPolicy.class)
			.orElse(JoinPolicy.WARN);
		RouteAdvisor advisor = new RouteAdvisor(attributeSource,
				new RouteInterceptor(attributeSource, joinPolicy,
						() -> beanFactory.getBean(factory.getObject().applicationDataSources().primaryBeanName(),
								DataSource.class),
						environment.getProperty("scaling.routing.read-retries", Integer.class, 0)));
		BeanFactoryTransactionAttributeSourceAdvisor inner = transactionAdvisor.getIfUnique();
		advisor.setOrder((inner != null) ? Math.max(Integer.MIN_VALUE + 1, inner.getOrder()) - 1
				: Ordered.LOWEST_PRECEDENCE - 1);
		return advisor;
	}

}
