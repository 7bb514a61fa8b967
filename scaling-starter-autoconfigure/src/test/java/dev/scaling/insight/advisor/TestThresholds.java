package dev.scaling.insight.advisor;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The article's thresholds with the answers of an operator.
 */
final class TestThresholds {

	private TestThresholds() {
	}

	static Thresholds unanswered() {
		return of(null, null, null, null);
	}

	static Thresholds of(@Nullable Duration acceptableLag, @Nullable Boolean scaleUpExhausted,
			@Nullable Integer processors, @Nullable DataSize storage) {
		return new Thresholds(0.8, 0.95, 0.95, 100, 1000, Duration.ofSeconds(5), Duration.ofMillis(100),
				Duration.ofHours(24), 50, 0.8, 0.7, DataSize.ofMegabytes(50), 0.5, 0.2, 10, DataSize.ofGigabytes(10),
				100, DataSize.ofMegabytes(10), Duration.ofDays(90), acceptableLag, scaleUpExhausted, processors,
				storage);
	}

}
