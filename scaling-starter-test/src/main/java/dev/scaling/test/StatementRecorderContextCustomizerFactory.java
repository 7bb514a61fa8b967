package dev.scaling.test;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.util.ClassUtils;

/**
 * {@link ContextCustomizerFactory} for {@link RecordedStatements}, where the library and
 * AssertJ are there.
 */
class StatementRecorderContextCustomizerFactory implements ContextCustomizerFactory {

	private static final boolean present = isPresent("dev.scaling.routing.StatementListener")
			&& isPresent("org.assertj.core.api.AssertProvider");

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		return present ? new StatementRecorderContextCustomizer() : null;
	}

	private static boolean isPresent(String className) {
		return ClassUtils.isPresent(className, StatementRecorderContextCustomizerFactory.class.getClassLoader());
	}

}
