package dev.scaling.insight.advisor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SqlShape} and {@link ReadingMethods}.
 */
class SqlShapeTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "SELECT * FROM orders WHERE customer_id = $1 | customer_id",
					"select o.id from public.orders o where o.state in ($1, $2) and o.at > $3 | state,at",
					"SELECT * FROM item i JOIN orders AS o ON o.item_id = i.id WHERE o.state = $1 | item_id,state",
					"UPDATE orders SET state = $1 WHERE \"customer_id\" = $2 | customer_id",
					"SELECT * FROM orders WHERE lower(name) = $1 | ''", "SELECT count(*) FROM orders | ''" })
	void comparedColumnsAreFound(String sql, String columns) {
		assertThat(String.join(",", SqlShape.comparedColumns(sql, "public.orders"))).isEqualTo(columns);
	}

	@Test
	void tablesAreWholeWords() {
		assertThat(SqlShape.mentions("SELECT * FROM Orders", "public.orders")).isTrue();
		assertThat(SqlShape.mentions("SELECT * FROM orders_old", "public.orders")).isFalse();
	}

	@Test
	void readsWriteNothing() {
		assertThat(SqlShape.isRead("WITH a AS (SELECT 1) SELECT * FROM a")).isTrue();
		assertThat(SqlShape.isRead("WITH a AS (DELETE FROM b RETURNING *) SELECT * FROM a")).isFalse();
		assertThat(SqlShape.isRead("SELECT * FROM a FOR NO KEY UPDATE")).isFalse();
		assertThat(SqlShape.isWork("SELECT * FROM pg_stat_activity")).isFalse();
		assertThat(SqlShape.isWork("CREATE INDEX ON orders (id)")).isFalse();
		assertThat(SqlShape.isWork("INSERT INTO orders VALUES ($1)")).isTrue();
	}

	@Test
	void longSqlIsShortened() {
		assertThat(SqlShape.shorten("SELECT\n\t" + "x".repeat(1000))).hasSize(303).startsWith("SELECT xxx");
	}

	@ParameterizedTest
	@ValueSource(strings = { "shop.Orders.findAll", "shop.Orders.get", "shop.Orders.isOpen" })
	void namesOfReadsAreRecognized(String name) {
		assertThat(ReadingMethods.isReading(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "shop.Orders.place", "shop.Orders.findOrCreate", "shop.Orders.getAndIncrement",
			"shop.Orders.issue", "shop.Orders.findForUpdate", "findAll" })
	void othersAreNot(String name) {
		assertThat(ReadingMethods.isReading(name)).isFalse();
	}

}
