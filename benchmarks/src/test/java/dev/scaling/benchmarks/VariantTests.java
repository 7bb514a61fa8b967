package dev.scaling.benchmarks;

import dev.scaling.consistency.ConsistencySession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Variant}: that the benchmarks measure what they say.
 */
class VariantTests {

	@ParameterizedTest
	@CsvSource({ "BARE, primary", "SPRING_LAZY, replica-1", "SCALING_NO_SESSION, replica-[12]",
			"SCALING, replica-[12]" })
	void readOnlyCallsReachTheirNode(Variant variant, String node) {
		try (ConfigurableApplicationContext application = variant.start()) {
			TemplateReader template = application.getBean(TemplateReader.class);
			AnnotatedReader annotated = application.getBean(AnnotatedReader.class);
			for (int i = 0; i < 20; i++) {
				assertThat(template.read()).matches(node);
				assertThat(annotated.read()).matches(node);
			}
			assertThat(annotated.readForWrite()).isEqualTo("primary");
		}
	}

	@Test
	void sessionsLeaveTheirReplicaWhenTheyHaveWritten() {
		try (ConfigurableApplicationContext application = Variant.SCALING.start()) {
			AnnotatedReader annotated = application.getBean(AnnotatedReader.class);
			ConsistencySession.open().run(() -> {
				assertThat(annotated.read()).startsWith("replica-");
				annotated.readForWrite();
				assertThat(annotated.read()).isEqualTo("primary");
				await().until(() -> annotated.read().startsWith("replica-"));
			});
		}
	}

}
