package dev.scaling.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests for the endpoints of Actuator.
 */
class ActuatorTests extends AbstractSampleTests {

	@ParameterizedTest
	@ValueSource(strings = { "health", "health/liveness", "health/readiness" })
	void healthIsUp(String path) {
		get("/actuator/" + path).expectStatus().isOk().expectBody().jsonPath("$.status").isEqualTo("UP");
	}

	@ParameterizedTest
	@ValueSource(strings = { "info", "metrics", "scaling" })
	void endpointIsExposed(String id) {
		get("/actuator/" + id).expectStatus().isOk();
	}

	@Test
	void environmentIsNotExposed() {
		get("/actuator/env").expectStatus().isNotFound();
	}

}
