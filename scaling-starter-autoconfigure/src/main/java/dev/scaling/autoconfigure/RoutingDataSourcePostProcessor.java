package dev.scaling.autoconfigure;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;

/**
 * Puts the routing DataSource in the place of the application's DataSource, whose pool
 * becomes that of the primary.
 * <p>
 * It works on the bean instead of its definition, so that all that makes the
 * application's DataSource what it is goes on to do so: {@code spring.datasource},
 * service connections, or a bean method of the application. It comes after Boot's own
 * lazy proxy, which it replaces, and before proxies that have to be outside, such as
 * transaction-aware ones.
 */
final class RoutingDataSourcePostProcessor implements BeanPostProcessor, Ordered {

	private static final int ORDER = 1;

	private final ObjectProvider<RoutingDataSourceFactory> factory;

	RoutingDataSourcePostProcessor(ObjectProvider<RoutingDataSourceFactory> factory) {
		this.factory = factory;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof HikariDataSource pool && isPrimary(beanName)) {
			this.factory.getObject().configurePrimary(pool, beanName);
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource && isPrimary(beanName)) {
			return this.factory.getObject().create(dataSource, beanName);
		}
		return bean;
	}

	private boolean isPrimary(String beanName) {
		return this.factory.getObject().applicationDataSources().isPrimary(beanName);
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

}
