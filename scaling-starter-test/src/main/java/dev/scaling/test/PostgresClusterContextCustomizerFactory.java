package dev.scaling.test;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * {@link ContextCustomizerFactory} for {@link AutoConfigurePostgresCluster}.
 */
class PostgresClusterContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		AutoConfigurePostgresCluster annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass,
				AutoConfigurePostgresCluster.class);
		return (annotation != null) ? PostgresClusterContextCustomizer.of(annotation) : null;
	}

}
