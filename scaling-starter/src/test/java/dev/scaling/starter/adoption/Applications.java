package dev.scaling.starter.adoption;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts applications as {@code main} does.
 */
public final class Applications {

	private Applications() {
	}

	/**
	 * Starts an application that has the {@link ConfiguredCluster} in its configuration.
	 * @param application the application
	 * @param properties further properties, names and values separated by {@code =}
	 * @return the application's context
	 */
	public static ConfigurableApplicationContext runOnCluster(Class<?> application, String... properties) {
		return run(application, ConfiguredCluster.properties(), properties);
	}

	/**
	 * Starts an application.
	 * @param application the application, which has a web server if {@code server.port=0}
	 * is among the properties
	 * @param nodes the properties of its nodes by name
	 * @param properties further properties, names and values separated by {@code =}
	 * @return the application's context
	 */
	public static ConfigurableApplicationContext run(Class<?> application, Map<String, Object> nodes,
			String... properties) {
		Stream<String> ofNodes = nodes.entrySet().stream().map((entry) -> entry.getKey() + "=" + entry.getValue());
		boolean web = Arrays.asList(properties).contains("server.port=0");
		return new SpringApplicationBuilder(application).web(web ? WebApplicationType.SERVLET : WebApplicationType.NONE)
			.run(Stream.concat(ofNodes, Arrays.stream(properties))
				.map((property) -> "--" + property)
				.toArray(String[]::new));
	}

}
