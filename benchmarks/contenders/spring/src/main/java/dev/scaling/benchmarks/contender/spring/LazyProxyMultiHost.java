package dev.scaling.benchmarks.contender.spring;

import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;

/**
 * Spring's {@code LazyConnectionDataSourceProxy} over two URLs that name all nodes:
 * pgjdbc finds the primary, and balances the replicas.
 */
public final class LazyProxyMultiHost implements Contender {

	@Override
	public String name() {
		return "lazy-proxy-multi-host";
	}

	@Override
	public Class<?> configuration() {
		return LazyProxyConfiguration.class;
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		return Map.of("contender.primary.url", Nodes.multiHost(nodes.all(), "targetServerType=primary"),
				"contender.replica.url",
				Nodes.multiHost(nodes.all(), "targetServerType=preferSecondary&loadBalanceHosts=true"));
	}

}
