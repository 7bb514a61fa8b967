package dev.scaling.benchmarks.contender.spring;

import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;

/**
 * Spring's {@code LazyConnectionDataSourceProxy} with {@code readOnlyDataSource}: the
 * first replica reads.
 */
public final class LazyProxy implements Contender {

	@Override
	public String name() {
		return "lazy-proxy";
	}

	@Override
	public Class<?> configuration() {
		return LazyProxyConfiguration.class;
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		return Map.of("contender.primary.url", nodes.primary(), "contender.replica.url", nodes.replicas().get(0));
	}

}
