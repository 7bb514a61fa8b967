package dev.scaling.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.env.Environment;

/**
 * Refuses properties that nobody reads. A replica under a misspelled name would be
 * missing without a word. Variables of the operating system are not looked at.
 */
final class UnknownProperties implements BeanFactoryPostProcessor {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("scaling");

	static final Map<ConfigurationPropertyName, Class<?>> GROUPS = Map.of(
			ConfigurationPropertyName.of("scaling.advisor"), ScalingAdvisorProperties.class,
			ConfigurationPropertyName.of("scaling.budget"), ScalingBudgetProperties.class,
			ConfigurationPropertyName.of("scaling.health"), ScalingHealthProperties.class,
			ConfigurationPropertyName.of("scaling.insight.hot-keys"), ScalingHotKeysProperties.class,
			ConfigurationPropertyName.of("scaling.insight.statistics"), ScalingStatisticsProperties.class);

	private final Environment environment;

	UnknownProperties(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		Binder binder = Binder.get(this.environment);
		Map<ConfigurationPropertyName, ConfigurationProperty> unknown = unbound(binder, ROOT, ScalingProperties.class);
		unknown.keySet().removeIf((name) -> GROUPS.keySet().stream().anyMatch((group) -> group.isAncestorOf(name)));
		GROUPS.forEach((group, type) -> unknown.putAll(unbound(binder, group, type)));
		if (!unknown.isEmpty()) {
			throw new ScalingConfigurationException(
					"There is no property " + new TreeMap<>(unknown).values()
						.stream()
						.map((property) -> "'" + property.getName() + "'" + origin(property))
						.collect(Collectors.joining(", ")) + ".",
					"Correct the name, or remove the property: nothing reads it. Replicas are 'scaling.replicas.<name>.url'.");
		}
	}

	private static String origin(ConfigurationProperty property) {
		return (property.getOrigin() != null) ? " (" + property.getOrigin() + ")" : "";
	}

	/**
	 * A value that does not fit is for those to refuse who bind it.
	 */
	private static Map<ConfigurationPropertyName, ConfigurationProperty> unbound(Binder binder,
			ConfigurationPropertyName name, Class<?> type) {
		Map<ConfigurationPropertyName, ConfigurationProperty> unbound = new LinkedHashMap<>();
		try {
			binder.bind(name, Bindable.of(type),
					new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
		}
		catch (BindException ex) {
			if (ex.getCause() instanceof UnboundConfigurationPropertiesException cause) {
				cause.getUnboundProperties().forEach((property) -> unbound.put(property.getName(), property));
			}
			else if (ex.getCause() instanceof ConverterNotFoundException) {
				throw new ScalingConfigurationException(
						"Property '" + ex.getName() + "' has a value, but it is a group of properties.",
						"Give the properties below it, such as '" + ex.getName() + ".url' for the URL of a node.", ex);
			}
		}
		return unbound;
	}

}
