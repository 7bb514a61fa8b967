package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ScalingAdvisorProperties}.
 */
class ScalingAdvisorPropertiesTests {

	@Test
	void defaultsAreTheArticles() {
		assertThat(new ScalingAdvisorProperties().thresholds()).satisfies((thresholds) -> {
			assertThat(thresholds.readShare()).isEqualTo(0.8);
			assertThat(thresholds.highReadShare()).isEqualTo(0.95);
			assertThat(thresholds.cacheHitRatio()).isEqualTo(0.95);
			assertThat(thresholds.sequentialScans()).isEqualTo(100);
			assertThat(thresholds.longStatement()).isEqualTo(Duration.ofSeconds(5));
			assertThat(thresholds.slowStatement()).isEqualTo(Duration.ofMillis(100));
			assertThat(thresholds.profile()).isEqualTo(Duration.ofHours(24));
			assertThat(thresholds.poolSize()).isEqualTo(50);
			assertThat(thresholds.acceptableLag()).isNull();
			assertThat(thresholds.scaleUpExhausted()).isNull();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "read-share=1.5", "high-read-share=-1", "cache-hit-ratio=NaN", "connection-share=2",
			"requested-checkpoints=2", "dead-rows=-0.1", "sequential-scans=-1", "scanned-rows=-1", "indexes=-1",
			"long-statement=-1s", "slow-statement=-1s", "profile=-1s", "storage-horizon=-1s", "default-pool-size=0",
			"saturation=0", "cache-calls=0", "wal-rate=0B", "partition-size=0B", "unused-index-size=-1B",
			"acceptable-lag=-1s", "processors=0", "storage=0B" })
	void wrongValuesAreRefused(String property) {
		String[] pair = property.split("=");
		String name = "scaling.advisor." + pair[0];
		ScalingAdvisorProperties properties = new Binder(new MapConfigurationPropertySource(Map.of(name, pair[1])))
			.bind("scaling.advisor", ScalingAdvisorProperties.class)
			.get();
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(properties::thresholds)
			.satisfies((exception) -> assertThat(exception.getName()).isEqualTo(name));
	}

}
