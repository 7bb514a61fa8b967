package dev.scaling.benchmarks;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Variant}: that the benchmarks measure what they say.
 */
class VariantTests {

	@ParameterizedTest
	@CsvSource({ "BARE, primary", "SPRING_LAZY, replica-1", "SCALING, replica-[12]" })
	void readOnlyCallsReachTheirNode(Variant variant, String node) {
		try (ConfigurableApplicationContext application = variant.start()) {
			NodeReader reader = application.getBean(NodeReader.class);
			for (int i = 0; i < 20; i++) {
				assertThat(reader.template()).matches(node);
				assertThat(reader.annotation()).matches(node);
				assertThat(reader.readWrite()).isEqualTo("primary");
			}
		}
	}

}
