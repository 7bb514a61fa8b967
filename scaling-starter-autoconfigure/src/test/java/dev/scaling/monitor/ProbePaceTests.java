package dev.scaling.monitor;

import java.time.Duration;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProbePace}.
 */
class ProbePaceTests {

	@Example
	void fewInstancesProbeAsConfigured() {
		ProbePace pace = new ProbePace(Duration.ofMillis(250), () -> 4);
		assertThat(pace.interval()).isEqualTo(Duration.ofMillis(250));
		assertThat(Duration.ofNanos(pace.pauseNanos())).isEqualTo(Duration.ofMillis(20));
	}

	@Property(tries = 200)
	void fleetStaysUnder200ProbesPerSecond(@ForAll @IntRange(min = 1, max = 100_000) int instances,
			@ForAll @IntRange(min = 10, max = 60_000) int interval) {
		ProbePace pace = new ProbePace(Duration.ofMillis(interval), () -> instances);
		assertThat(pace.interval()).isGreaterThanOrEqualTo(Duration.ofMillis(interval));
		assertThat(pace.interval().toNanos() * 200).isGreaterThanOrEqualTo(instances * 1_000_000_000L);
		assertThat(Duration.ofNanos(pace.pauseNanos())).isBetween(Duration.ofMillis(5), Duration.ofMillis(100));
	}

	@Property(tries = 200)
	void jitterIsATenth(@ForAll @IntRange(min = 10, max = 60_000) int interval) {
		ProbePace pace = new ProbePace(Duration.ofMillis(interval), () -> 1);
		assertThat(Duration.ofNanos(pace.jitteredNanos())).isBetween(
				Duration.ofMillis(interval).multipliedBy(9).dividedBy(10),
				Duration.ofMillis(interval).multipliedBy(11).dividedBy(10));
	}

}
