package dev.scaling.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that refuses properties below
 * {@code scaling} that do not exist, also where they name no node.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "scaling.enabled", matchIfMissing = true)
@ImportRuntimeHints(ScalingPropertiesAutoConfiguration.PropertiesRuntimeHints.class)
public final class ScalingPropertiesAutoConfiguration {

	@Bean
	static UnknownProperties unknownScalingProperties(Environment environment) {
		return new UnknownProperties(environment);
	}

	static class PropertiesRuntimeHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			BindableRuntimeHintsRegistrar.forTypes(ScalingProperties.class).registerHints(hints);
			UnknownProperties.GROUPS.values()
				.forEach((type) -> BindableRuntimeHintsRegistrar.forTypes(type).registerHints(hints));
		}

	}

}
