package dev.scaling.insight;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SqlText}.
 */
class SqlTextTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "SELECT 1 | SELECT ?", "SELECT a1 FROM t2 WHERE x = 42 | SELECT a1 FROM t2 WHERE x = ?",
					"SELECT 'it''s 5'  ,  b | SELECT ? , b",
					"SELECT a FROM t WHERE id IN (1, 2,3) | SELECT a FROM t WHERE id IN (?)",
					"SELECT a FROM t WHERE id IN (?, ?) | SELECT a FROM t WHERE id IN (?)",
					"SELECT a FROM t WHERE id = ? AND n = 1.5 | SELECT a FROM t WHERE id = ? AND n = ?",
					"VALUES (?, ?), (?, ?) | VALUES (?), (?)", "SELECT x -- 'open | SELECT x -- ?",
					"SELECT $$it's 5$$, $1 | SELECT ?, $1", "DO $a_1$ BEGIN 'x' $$ END $a_1$ | DO ?",
					"DO $a$ cut | DO ?", "SELECT E'it\\'s 5', b | SELECT E?, b",
					"SELECT date'x\\', b | SELECT date?, b", "SELECT E'cut\\ | SELECT E?" })
	void valuesAreLeftOut(String sql, String expected) {
		assertThat(SqlText.withoutValues(sql)).isEqualTo(expected);
		assertThat(SqlText.withoutValues(expected)).isEqualTo(expected);
	}

	@Test
	void whiteSpaceIsOneSpace() {
		assertThat(SqlText.withoutValues("\n\tSELECT\n  a\n")).isEqualTo("SELECT a");
	}

	@Test
	void longTextsAreCutOff() {
		assertThat(SqlText.withoutValues("x".repeat(3000))).hasSize(2003).endsWith("x...");
	}

}
