package dev.scaling.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.benchmarks.stub.StubDriver;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Ways to reach the nodes, each an ordinary Spring Boot application with the same calls.
 */
public enum Variant {

	/**
	 * One pool, and all work on the primary.
	 */
	BARE(PlainConfiguration.class, Map.of("scaling.enabled", "false")),

	/**
	 * Spring's lazy proxy over two pools.
	 */
	SPRING_LAZY(LazyConfiguration.class, Map.of("scaling.enabled", "false")),

	/**
	 * The starter, with two replicas.
	 */
	SCALING(PlainConfiguration.class, Map.of("scaling.replicas.replica-1.url", StubDriver.url("replica-1"),
			"scaling.replicas.replica-2.url", StubDriver.url("replica-2")));

	private final Class<?> configuration;

	private final Map<String, Object> properties = new LinkedHashMap<>();

	Variant(Class<?> configuration, Map<String, Object> properties) {
		this.configuration = configuration;
		this.properties.put("spring.datasource.url", StubDriver.url("primary"));
		this.properties.put("spring.datasource.driver-class-name", StubDriver.class.getName());
		this.properties.put("spring.main.banner-mode", "off");
		this.properties.put("logging.level.root", "warn");
		this.properties.putAll(properties);
	}

	/**
	 * Starts the application.
	 * @return the running application, to be closed by the caller
	 */
	ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(this.configuration).web(WebApplicationType.NONE)
			.properties(this.properties)
			.run();
	}

}
