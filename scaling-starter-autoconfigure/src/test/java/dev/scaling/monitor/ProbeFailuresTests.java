package dev.scaling.monitor;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;

import dev.scaling.routing.ProbeFailure;
import dev.scaling.routing.ProbeFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProbeFailures}.
 */
class ProbeFailuresTests {

	@ParameterizedTest
	@CsvSource({ "08001, DOWN", "08003, DOWN", "08006, DOWN", "08P01, DOWN", "57P01, DOWN", "57P02, DOWN",
			"57P03, DOWN", "99999, DOWN", ", DOWN", "57014, TIMEOUT", "08004, REFUSED", "28000, REFUSED",
			"28P01, REFUSED", "3D000, REFUSED", "53300, REFUSED", "42501, REFUSED", "XX000, REFUSED" })
	void stateTellsHowTheProbeHasFailed(String state, Kind kind) {
		assertThat(ProbeFailures.of(new SQLException("failed", state)).kind()).isEqualTo(kind);
	}

	@Test
	void socketThatTimesOutIsATimeout() {
		SQLException exception = new SQLException("The connection attempt failed.", "08001",
				new SocketTimeoutException("Read timed out"));
		assertThat(ProbeFailures.of(exception))
			.isEqualTo(new ProbeFailure("The connection attempt failed. (Read timed out)", Kind.TIMEOUT));
	}

	@Test
	void causeIsNamed() {
		SQLException exception = new SQLException("The connection attempt failed.", "08001",
				new ConnectException("Connection refused"));
		assertThat(ProbeFailures.of(exception))
			.isEqualTo(new ProbeFailure("The connection attempt failed. (Connection refused)", Kind.DOWN));
	}

	@Test
	void exceptionOfTheDriverIsNoAnswer() {
		assertThat(ProbeFailures.of(new IllegalStateException("no driver")))
			.isEqualTo(new ProbeFailure("no driver", Kind.DOWN));
		assertThat(ProbeFailures.of(new IllegalStateException()).message()).contains("IllegalStateException");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "Unable to parse URL jdbc:postgresql://db/shop?user=app&password=top-secret",
					"Unable to parse URL jdbc:postgresql://db/shop?sslpassword=top-secret&user=app for app",
					"Unable to parse URL jdbc:postgresql://app:top-secret@db/shop", "PASSWORD=top-secret is wrong" })
	void passwordsAreNotShown(String message) {
		assertThat(ProbeFailures.of(new SQLException(message, "99999")).message()).doesNotContain("top-secret")
			.contains("***");
		assertThat(
				ProbeFailures.of(new SQLException("failed", "99999", new IllegalArgumentException(message))).message())
			.doesNotContain("top-secret");
	}

	@Test
	void harmlessMessageStaysAsItIs() {
		String message = "FATAL: password authentication failed for user \"app\" on jdbc:postgresql://db:5432/shop";
		assertThat(ProbeFailures.withoutSecrets(message)).isEqualTo(message);
	}

	@Test
	void everyRefusalHasACure() {
		assertThat(ProbeFailures.cure("28P01")).contains("scaling.monitor.username");
		assertThat(ProbeFailures.cure("3D000")).contains("URL").doesNotContain("password");
		assertThat(ProbeFailures.cure("53300")).contains("max_connections");
		assertThat(ProbeFailures.cure("42501")).contains("pg_monitor");
		assertThat(ProbeFailures.cure("XX000")).contains("log");
		assertThat(ProbeFailures.cure(null)).contains("log");
	}

}
