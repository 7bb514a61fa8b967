package dev.scaling.benchmarks.contender.spring;

import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;

/**
 * The recipe of many articles: an {@code AbstractRoutingDataSource} that asks whether the
 * transaction is read-only, behind a lazy proxy.
 */
public final class RoutingRecipe implements Contender {

	@Override
	public String name() {
		return "routing-recipe";
	}

	@Override
	public Class<?> configuration() {
		return RoutingRecipeConfiguration.class;
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		return Map.of();
	}

}
