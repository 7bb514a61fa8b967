package dev.scaling.autoconfigure;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link ScalingStatisticsProperties}.
 */
class ScalingStatisticsPropertiesTests {

	private final ScalingStatisticsProperties properties = new ScalingStatisticsProperties();

	@Test
	void defaultsAreValid() {
		assertThatNoException().isThrownBy(this.properties::check);
	}

	@Test
	void intervalIsFromOneSecondToOneHour() {
		this.properties.setInterval(Duration.ofMillis(999));
		assertFailure("interval", "from 1 second to 1 hour");
		this.properties.setInterval(Duration.ofMinutes(61));
		assertFailure("interval", "from 1 second to 1 hour");
	}

	@Test
	void timeoutIsFrom100MillisecondsToOneMinute() {
		this.properties.setTimeout(Duration.ofMillis(99));
		assertFailure("timeout", "from 100 ms to 1 minute");
		this.properties.setTimeout(Duration.ofSeconds(61));
		assertFailure("timeout", "from 100 ms to 1 minute");
	}

	@Test
	void tablesAreFrom0To30() {
		this.properties.setTables(-1);
		assertFailure("tables", "From 0 to 30");
		this.properties.setTables(31);
		assertFailure("tables", "From 0 to 30");
	}

	private void assertFailure(String name, String reason) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this.properties::check)
			.matches((ex) -> ex.getName().equals("scaling.insight.statistics." + name))
			.matches((ex) -> ex.getReason().contains(reason));
	}

}
