package dev.scaling.sample.events;

import java.time.LocalDate;

import dev.scaling.sample.AbstractShardTests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpStatus;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventController} and {@link EventService}.
 */
class EventsTests extends AbstractShardTests {

	private static final String RANGES = "No shard owns key %s (LocalDate) of keyspace 'events': ranges of type date: "
			+ "'y2024' [2024-01-01, 2025-01-01) on shard-0, 'y2025' [2025-01-01, 2026-01-01) on shard-1, "
			+ "'current' [2026-01-01, open) on shard-2";

	@ParameterizedTest
	@CsvSource({ "2024-01-01, shard-0", "2024-12-31, shard-0", "2025-01-01, shard-1", "2025-12-31, shard-1",
			"2026-01-01, shard-2" })
	void eventLivesOnTheShardOfTheRange(LocalDate date, String shard) {
		assertRoute(create(date, "Sale"), shard + "/primary");
		for (String each : SHARDS.subList(0, 3)) {
			assertThat(shard(each).sql("SELECT count(*) FROM events WHERE date = ?")
				.param(date)
				.query(Integer.class)
				.single()).isEqualTo(each.equals(shard) ? 1 : 0);
		}
		awaitReplication();
		assertRoute(get("/events?date=" + date), shard + "/replica-1");
	}

	@Test
	void todayIsOnTheLastShard() {
		assertRoute(create(LocalDate.now(), "Sale"), "shard-2/primary");
	}

	@Test
	void listReturnsEventsOfTheDay() {
		LocalDate date = LocalDate.of(2025, 7, 1);
		create(date, "Sale \ud83c\udf89").expectStatus().isCreated().expectBody().json("""
				{"date": "2025-07-01", "text": "Sale \ud83c\udf89"}
				""", JsonCompareMode.STRICT);
		create(date, "Sold out").expectStatus().isCreated();
		create(date.plusDays(1), "Closed").expectStatus().isCreated();
		awaitReplication();
		get("/events?date=2025-07-01").expectStatus().isOk().expectBody().json("""
				[{"date": "2025-07-01", "text": "Sale \ud83c\udf89"}, {"date": "2025-07-01", "text": "Sold out"}]
				""", JsonCompareMode.STRICT);
	}

	@Test
	void dayWithoutEventsIsEmpty() {
		get("/events?date=2024-02-29").expectStatus().isOk().expectBody().json("[]", JsonCompareMode.STRICT);
	}

	@Test
	void createBeforeTheFirstRangeIsRefused() {
		assertProblem(create(LocalDate.of(2023, 12, 31), "Sale"), HttpStatus.UNPROCESSABLE_CONTENT,
				RANGES.formatted("2023-12-31"));
	}

	@Test
	void listBeforeTheFirstRangeIsRefused() {
		assertProblem(get("/events?date=-0044-03-15"), HttpStatus.UNPROCESSABLE_CONTENT,
				RANGES.formatted("-0044-03-15"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			{}                                                ; date must not be null, text must not be null
			{"date": "2025-02-30", "text": "Sale"}            ; Failed to read request
			{"date": "9999-12-31", "text": "Sale"}            ; date must be a date in the past or in the present
			{"date": "2025-07-01", "text": ""}                ; text must match "[^\\p{Cc}\\p{Cs}]+"
			{"date": "2025-07-01", "text": "\\u0000"}         ; text must match "[^\\p{Cc}\\p{Cs}]+"
			{"date": "2025-07-01", "text": "\\ud800"}         ; text must match "[^\\p{Cc}\\p{Cs}]+"
			{"date": "2025-07-01", "text": 1}                 ; Failed to read request
			""")
	void createOfBadEventIsBadRequest(String json, String detail) {
		assertProblem(post("/events", json), HttpStatus.BAD_REQUEST, detail);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			''              ; Required parameter 'date' is not present.
			date=           ; Required parameter 'date' is not present.
			date=today      ; Failed to convert 'date' with value: 'today'
			date=2025-02-30 ; Failed to convert 'date' with value: '2025-02-30'
			date=9999-12-31 ; date must be a date in the past or in the present
			""")
	void listOfBadDateIsBadRequest(String query, String detail) {
		assertProblem(get("/events?" + query), HttpStatus.BAD_REQUEST, detail);
	}

	private ResponseSpec create(LocalDate date, String text) {
		return post("/events", """
				{"date": "%s", "text": "%s"}
				""".formatted(date, text));
	}

}
