package dev.scaling.benchmarks.contender.spring;

import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;

/**
 * One pool of Spring Boot's, whose URL names all nodes: pgjdbc finds the primary.
 */
public final class BareMultiHost implements Contender {

	@Override
	public String name() {
		return "bare-multi-host";
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		return Map.of("spring.datasource.url", Nodes.multiHost(nodes.all(), "targetServerType=primary"),
				"spring.datasource.username", nodes.username());
	}

}
