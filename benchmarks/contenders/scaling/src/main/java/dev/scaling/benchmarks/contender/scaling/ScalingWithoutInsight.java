package dev.scaling.benchmarks.contender.scaling;

import java.util.Map;

import dev.scaling.benchmarks.contender.Nodes;

/**
 * The starter without slow-query log, repeated queries and statistics.
 */
public final class ScalingWithoutInsight extends Scaling {

	@Override
	public String name() {
		return "scaling-no-insight";
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		Map<String, Object> properties = super.properties(nodes);
		properties.put("scaling.insight.slow-query.enabled", false);
		properties.put("scaling.insight.repeated-queries.enabled", false);
		properties.put("scaling.insight.statistics.enabled", false);
		return properties;
	}

}
