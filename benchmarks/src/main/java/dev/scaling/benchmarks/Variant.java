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
	 * The starter, with two replicas that a monitor watches, and without sessions.
	 */
	SCALING_NO_SESSION(PlainConfiguration.class, replicas(Map.of("scaling.consistency.mode", "none"))),

	/**
	 * The starter, with two replicas.
	 */
	SCALING(PlainConfiguration.class, replicas(Map.of()));

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

	private static Map<String, Object> replicas(Map<String, Object> properties) {
		Map<String, Object> replicas = new LinkedHashMap<>(properties);
		replicas.put("scaling.instances", 1);
		replicas.put("scaling.replicas.replica-1.url", StubDriver.url("replica-1"));
		replicas.put("scaling.replicas.replica-2.url", StubDriver.url("replica-2"));
		return replicas;
	}

	/**
	 * Whether calls belong to sessions.
	 * @return {@code true} for the starter with its defaults
	 */
	boolean hasSessions() {
		return this == SCALING;
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
