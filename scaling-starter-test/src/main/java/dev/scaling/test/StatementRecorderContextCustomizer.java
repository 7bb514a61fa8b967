package dev.scaling.test;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * {@link ContextCustomizer} that registers a {@link StatementRecorder}.
 */
record StatementRecorderContextCustomizer() implements ContextCustomizer {

	private static final String BEAN_NAME = "statementRecorder";

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		if (context.getBeanFactory() instanceof BeanDefinitionRegistry registry) {
			registry.registerBeanDefinition(BEAN_NAME,
					BeanDefinitionBuilder.rootBeanDefinition(StatementRecorder.class)
						.setRole(BeanDefinition.ROLE_INFRASTRUCTURE)
						.setLazyInit(true)
						.getBeanDefinition());
		}
	}

}
