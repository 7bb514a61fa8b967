package dev.scaling.metrics;

import dev.scaling.insight.RepeatedQueries;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds {@link ScalingMeters#QUERIES_REPEATED}.
 *
 * @since 0.1.0
 */
public final class RepeatedQueriesMetrics implements MeterBinder {

	private final RepeatedQueries queries;

	/**
	 * Creates the metrics.
	 * @param queries counts the repetitions
	 */
	public RepeatedQueriesMetrics(RepeatedQueries queries) {
		this.queries = queries;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		FunctionCounter.builder(ScalingMeters.QUERIES_REPEATED.getName(), this.queries, RepeatedQueries::found)
			.description("Requests and transactions that repeated a statement, among those that were looked at")
			.baseUnit(ScalingMeters.QUERIES_REPEATED.getBaseUnit())
			.register(registry);
	}

}
