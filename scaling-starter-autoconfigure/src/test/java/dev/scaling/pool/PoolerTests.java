package dev.scaling.pool;

import java.sql.SQLException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pooler}.
 */
class PoolerTests {

	@ParameterizedTest
	@CsvSource({ "search_path, 'currentSchema'", "options, 'options'",
			"extra_float_digits, ignore_startup_parameters" })
	void refusedParameterIsExplained(String parameter, String cure) {
		SQLException refusal = new SQLException("FATAL: unsupported startup parameter: " + parameter, "08P01");
		assertThat((Throwable) Pooler.explain(refusal)).hasCause(refusal)
			.hasMessageContaining(refusal.getMessage())
			.hasMessageContaining(cure.replace("'", ""));
	}

	@Test
	void otherFailuresAreLeftAlone() {
		SQLException protocol = new SQLException("FATAL: no such database", "08P01");
		assertThat((Throwable) Pooler.explain(protocol)).isSameAs(protocol);
		SQLException other = new SQLException(null, "08001");
		assertThat((Throwable) Pooler.explain(other)).isSameAs(other);
	}

}
