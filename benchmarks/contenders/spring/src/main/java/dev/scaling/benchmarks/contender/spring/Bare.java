package dev.scaling.benchmarks.contender.spring;

import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;

/**
 * One pool of Spring Boot's: all work on the primary.
 */
public final class Bare implements Contender {

	@Override
	public String name() {
		return "bare";
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		return Map.of("spring.datasource.url", nodes.primary(), "spring.datasource.username", nodes.username());
	}

}
