package dev.scaling.autoconfigure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Finds out which of the application's DataSource beans its work goes through.
 */
final class ApplicationDataSources {

	/**
	 * Attribute of the definitions of the pools that we register as beans.
	 */
	static final String NODE_ATTRIBUTE = ApplicationDataSources.class.getName() + ".node";

	private static final String APPLICATION_BEAN_NAME = "dataSource";

	private static final String SCOPED_TARGET = "scopedTarget.";

	private final DefaultListableBeanFactory beanFactory;

	private @Nullable String primaryBeanName;

	ApplicationDataSources(DefaultListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Whether the bean of the given name is the DataSource that the application's work
	 * goes through.
	 */
	boolean isPrimary(String beanName) {
		return beanName.equals(primaryBeanName());
	}

	String primaryBeanName() {
		String name = this.primaryBeanName;
		if (name == null) {
			name = findPrimaryBeanName();
			this.primaryBeanName = name;
		}
		return name;
	}

	private String findPrimaryBeanName() {
		List<String> candidates = Arrays.stream(this.beanFactory.getBeanNamesForType(DataSource.class, true, false))
			.filter((name) -> !name.startsWith(SCOPED_TARGET))
			.filter(this::isDefaultCandidate)
			.toList();
		List<String> primary = candidates.stream().filter(this::isPrimaryCandidate).toList();
		if (primary.size() == 1) {
			return primary.get(0);
		}
		if (candidates.contains(APPLICATION_BEAN_NAME)) {
			return APPLICATION_BEAN_NAME;
		}
		if (candidates.size() == 1) {
			return candidates.get(0);
		}
		throw new ScalingConfigurationException(
				"The DataSource whose reads go to the replicas is not clear: there are the beans " + candidates + ".",
				"Name one of them 'dataSource' or mark it with @Primary, or mark all others with"
						+ " @Bean(defaultCandidate = false).");
	}

	/**
	 * The application's other DataSources, which are not ours to route.
	 * @param withPrimary whether to include the primary one, if it is left alone
	 */
	Map<String, DataSource> unroutedDataSources(boolean withPrimary) {
		Map<String, DataSource> dataSources = new LinkedHashMap<>();
		for (String name : this.beanFactory.getBeanNamesForType(DataSource.class, false, true)) {
			boolean node = this.beanFactory.containsBeanDefinition(name)
					&& this.beanFactory.getBeanDefinition(name).hasAttribute(NODE_ATTRIBUTE);
			if (!node && !name.startsWith(SCOPED_TARGET) && (withPrimary || !isPrimary(name))) {
				dataSources.put(name, this.beanFactory.getBean(name, DataSource.class));
			}
		}
		return dataSources;
	}

	private boolean isDefaultCandidate(String name) {
		if (!this.beanFactory.containsBeanDefinition(name)) {
			return true;
		}
		BeanDefinition definition = this.beanFactory.getMergedBeanDefinition(name);
		return definition.isAutowireCandidate()
				&& !(definition instanceof RootBeanDefinition root && !root.isDefaultCandidate());
	}

	private boolean isPrimaryCandidate(String name) {
		return this.beanFactory.containsBeanDefinition(name)
				&& this.beanFactory.getMergedBeanDefinition(name).isPrimary();
	}

	/**
	 * Whether the application has defined the bean itself, in contrast to Boot.
	 */
	boolean isBeanOfApplication(String beanName) {
		if (!this.beanFactory.containsBeanDefinition(beanName)) {
			return true;
		}
		BeanDefinition definition = this.beanFactory.getMergedBeanDefinition(beanName);
		return definition.getFactoryBeanName() == null
				|| !definition.getFactoryBeanName().startsWith("org.springframework.boot.jdbc.autoconfigure.");
	}

}
