package dev.scaling.sample;

import org.junit.jupiter.api.Test;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;

/**
 * Tests for {@link Problems}.
 */
class ProblemsTests extends AbstractSampleTests {

	@Test
	void unknownPathIsNotFound() {
		assertProblem(get("/nowhere"), HttpStatus.NOT_FOUND, "No static resource nowhere.");
	}

	@Test
	void unsupportedMethodIsNotAllowed() {
		assertProblem(send(HttpMethod.DELETE, "/profiles/1", ""), HttpStatus.METHOD_NOT_ALLOWED,
				"Method 'DELETE' is not supported.");
	}

}
