package dev.scaling.metrics;

import java.util.Locale;

import dev.scaling.consistency.servlet.ConsistencySessionFilter;
import dev.scaling.consistency.servlet.TokenResult;
import dev.scaling.metrics.ScalingMeters.TokenTags;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds {@link ScalingMeters#CONSISTENCY_TOKENS}.
 *
 * @since 0.1.0
 */
public final class TokenMetrics implements MeterBinder {

	private final ConsistencySessionFilter filter;

	/**
	 * Creates the metrics.
	 * @param filter counts the tokens
	 */
	public TokenMetrics(ConsistencySessionFilter filter) {
		this.filter = filter;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (TokenResult result : TokenResult.values()) {
			FunctionCounter
				.builder(ScalingMeters.CONSISTENCY_TOKENS.getName(), this.filter, (filter) -> filter.tokens(result))
				.description("Session tokens that have come from clients")
				.baseUnit(ScalingMeters.CONSISTENCY_TOKENS.getBaseUnit())
				.tag(TokenTags.RESULT.asString(), result.name().toLowerCase(Locale.ROOT))
				.register(registry);
		}
	}

}
