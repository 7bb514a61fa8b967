package dev.scaling.autoconfigure;

import java.util.Arrays;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariCredentialsProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * Finds the beans of the application that say who logs in to a node, for each connection
 * anew: those that carry the node's id as their qualifier or name, or else the only or
 * primary one.
 */
final class NodeCredentials {

	private static final String MONITOR = "monitor";

	private static final String PGBOUNCER = "pgbouncer";

	private final DefaultListableBeanFactory beanFactory;

	NodeCredentials(DefaultListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Lets the pool of a node ask for its credentials, unless it has been told already
	 * whom to ask.
	 */
	void apply(HikariConfig pool, String node) {
		if (pool.getCredentialsProvider() == null) {
			HikariCredentialsProvider provider = qualified(node);
			provider = (provider != null) ? provider : unqualified(node);
			if (provider != null) {
				pool.setCredentialsProvider(provider);
			}
		}
	}

	/**
	 * Says who logs in as the monitor, if there is a bean only for it.
	 */
	@Nullable HikariCredentialsProvider ofMonitor() {
		return qualified(MONITOR);
	}

	/**
	 * Says who logs in to the console of PgBouncer, if there is a bean only for it.
	 */
	@Nullable HikariCredentialsProvider ofPgBouncer() {
		return qualified(PGBOUNCER);
	}

	private @Nullable HikariCredentialsProvider qualified(String qualifier) {
		for (String name : names()) {
			if (BeanFactoryAnnotationUtils.isQualifierMatch(qualifier::equals, name, this.beanFactory)) {
				return this.beanFactory.getBean(name, HikariCredentialsProvider.class);
			}
		}
		return null;
	}

	private @Nullable HikariCredentialsProvider unqualified(String node) {
		// One that is only for somebody else would be unique, too.
		String[] candidates = Arrays.stream(names()).filter(this::isDefaultCandidate).toArray(String[]::new);
		if (candidates.length < 2) {
			return (candidates.length == 1) ? this.beanFactory.getBean(candidates[0], HikariCredentialsProvider.class)
					: null;
		}
		HikariCredentialsProvider provider = this.beanFactory.getBeanProvider(HikariCredentialsProvider.class)
			.getIfUnique();
		if (provider == null) {
			throw new ScalingConfigurationException(
					"It is not clear which of the HikariCredentialsProvider beans " + String.join(", ", candidates)
							+ " is for the node '" + node + "'.",
					"Give one of them @Qualifier(\"" + node + "\"), or mark all that are for certain nodes with"
							+ " @Bean(defaultCandidate = false), or the one for all others with @Primary.");
		}
		return provider;
	}

	private boolean isDefaultCandidate(String name) {
		return !this.beanFactory.containsBeanDefinition(name)
				|| !(this.beanFactory.getMergedBeanDefinition(name) instanceof AbstractBeanDefinition definition)
				|| definition.isDefaultCandidate();
	}

	private String[] names() {
		return this.beanFactory.getBeanNamesForType(HikariCredentialsProvider.class, true, false);
	}

}
