package dev.scaling.monitor;

import java.time.Duration;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InstanceCounter}.
 */
class InstanceCounterTests {

	private final InstanceCounter counter = counter(0, "shop");

	private static InstanceCounter counter(int instances, String application) {
		return new InstanceCounter(new MonitorOptions(Duration.ofMillis(250), Duration.ofMillis(500), instances,
				application, UUID.fromString("01234567-89ab-cdef-0123-456789abcdef")));
	}

	@Test
	void unknownNumberIsOne() {
		assertThat(this.counter.instances()).isOne();
		this.counter.counted(0);
		assertThat(this.counter.instances()).isOne();
	}

	@Test
	void greaterNumberCountsAtOnceAndASmallerOneLater() {
		this.counter.counted(5);
		assertThat(this.counter.instances()).isEqualTo(5);
		this.counter.counted(1);
		this.counter.counted(2);
		assertThat(this.counter.instances()).isEqualTo(5);
		this.counter.counted(7);
		assertThat(this.counter.instances()).isEqualTo(7);
	}

	@Test
	void configuredNumberIsNeverCounted() {
		InstanceCounter configured = counter(12, "shop");
		assertThat(configured.instances()).isEqualTo(12);
		assertThat(configured.isDue()).isFalse();
		assertThat(this.counter.isDue()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "shop", "a name of an application that is longer than PostgreSQL keeps", "Bücher & mehr" })
	void nameOfTheConnectionIsWhatPostgresKeeps(String application) {
		String name = counter(0, application).applicationName();
		assertThat(name).startsWith("scaling-monitor-").endsWith("-01234567").matches("[!-~]{1,63}");
	}

}
