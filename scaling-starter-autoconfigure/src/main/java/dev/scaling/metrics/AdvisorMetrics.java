package dev.scaling.metrics;

import java.time.Duration;

import dev.scaling.insight.advisor.Advice;
import dev.scaling.insight.advisor.Bottleneck;
import dev.scaling.insight.advisor.ScalingAdvisor;
import dev.scaling.insight.advisor.Severity;
import dev.scaling.metrics.ScalingMeters.AdvisorTags;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Binds {@link ScalingMeters#ADVISOR_FINDINGS}. All gauges of a scrape show the same
 * advice.
 *
 * @since 0.1.0
 */
public final class AdvisorMetrics implements MeterBinder {

	private static final Duration AGE = Duration.ofSeconds(5);

	private final ScalingAdvisor advisor;

	private @Nullable Advice advice;

	private long adviceTime;

	/**
	 * Creates the metrics.
	 * @param advisor gives the advice
	 */
	public AdvisorMetrics(ScalingAdvisor advisor) {
		this.advisor = advisor;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (Bottleneck bottleneck : Bottleneck.values()) {
			for (Severity severity : Severity.values()) {
				Gauge
					.builder(ScalingMeters.ADVISOR_FINDINGS.getName(), this,
							(metrics) -> metrics.count(bottleneck, severity))
					.description("Findings of the scaling advisor")
					.baseUnit(ScalingMeters.ADVISOR_FINDINGS.getBaseUnit())
					.tag(AdvisorTags.BOTTLENECK.asString(), bottleneck.tag())
					.tag(AdvisorTags.SEVERITY.asString(), severity.tag())
					.register(registry);
			}
		}
	}

	private long count(Bottleneck bottleneck, Severity severity) {
		return advice().findings()
			.stream()
			.filter((finding) -> finding.bottleneck() == bottleneck && finding.severity() == severity)
			.count();
	}

	private synchronized Advice advice() {
		Advice advice = this.advice;
		long now = System.nanoTime();
		if (advice == null || now - this.adviceTime > AGE.toNanos()) {
			advice = this.advisor.advice();
			this.advice = advice;
			this.adviceTime = now;
		}
		return advice;
	}

}
