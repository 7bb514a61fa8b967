package dev.scaling.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;

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
	@ValueSource(strings = { "info", "metrics", "prometheus", "scaling" })
	void endpointIsExposed(String id) {
		get("/actuator/" + id).expectStatus().isOk();
	}

	@Test
	void environmentIsNotExposed() {
		get("/actuator/env").expectStatus().isNotFound();
	}

	@Test
	void decisionsSayWhyWorkWentWhere() {
		get("/profiles/7").expectStatus().isOk();
		get("/actuator/scalingdecisions?limit=5&transaction=ProfileService.find").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.decisions[0].reason")
			.isEqualTo("read-only")
			.jsonPath("$.decisions[0].access")
			.isEqualTo("read")
			.jsonPath("$.decisions[0].transaction")
			.isEqualTo("dev.scaling.sample.profiles.ProfileService.find");
	}

	@Test
	void nothingCanBeChanged() {
		post("/actuator/scaling/main/replica-1", "{\"action\": \"drain\"}").expectStatus()
			.isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
	}

}
