package dev.scaling.sample.profiles;

import java.net.URI;

import dev.scaling.sample.AbstractSampleTests;
import dev.scaling.test.PostgresNode;
import dev.scaling.test.RecordedStatements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.servlet.client.EntityExchangeResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ProfileController} and {@link ProfileService}.
 */
class ProfilesTests extends AbstractSampleTests {

	@Test
	void getReturnsProfile() {
		get("/profiles/7").expectStatus().isOk().expectBody().json("""
				{"id": 7, "username": "user7", "email": "user7@example.com", "createdAt": "2026-01-01T07:00:00Z"}
				""", JsonCompareMode.STRICT);
	}

	@Test
	void getOfUnknownProfileIsNotFound() {
		assertProblem(get("/profiles/0"), HttpStatus.NOT_FOUND, "There is no profile 0");
	}

	@Test
	void createReturnsProfileAndItsLocation() {
		EntityExchangeResult<String> created = post("/profiles", """
				{"username": "grace", "email": "grace@example.com"}
				""").expectStatus().isCreated().expectBody(String.class).returnResult();
		URI location = created.getResponseHeaders().getLocation();
		assertThat(location).hasToString("/profiles/" + idOf("grace"));
		cluster().awaitReplication();
		get(location.getPath()).expectBody()
			.json(created.getResponseBody(), JsonCompareMode.STRICT)
			.jsonPath("$.username")
			.isEqualTo("grace")
			.jsonPath("$.email")
			.isEqualTo("grace@example.com");
	}

	@ParameterizedTest
	@CsvSource({ "user1, new@example.com", "new, user1@example.com" })
	void createOfTakenNameOrEmailIsConflict(String username, String email) {
		assertProblem(post("/profiles", """
				{"username": "%s", "email": "%s"}
				""".formatted(username, email)), HttpStatus.CONFLICT, "This username or email is taken");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			{}                                                ; email must not be null, username must not be null
			{"username": null, "email": "new@example.com"}    ; username must not be null
			{"username": "", "email": "new@example.com"}      ; username must match "[\\w.-]+"
			{"username": "a b", "email": "new@example.com"}   ; username must match "[\\w.-]+"
			{"username": "new", "email": "example.com"}       ; email must be a well-formed email address
			{"username": "new", "email": "\\ud800@a.com"}     ; email must be a well-formed email address
			{"username": "new", "email": "a@\\u0000.com"}     ; email must be a well-formed email address
			{"username": 1, "email": "new@example.com"}       ; Failed to read request
			{"username": ["new"], "email": "new@example.com"} ; Failed to read request
			{"username": "new"                                ; Failed to read request
			[]                                                ; Failed to read request
			null                                              ; Failed to read request
			""")
	void createOfBadProfileIsBadRequest(String json, String detail) {
		assertProblem(post("/profiles", json), HttpStatus.BAD_REQUEST, detail);
	}

	@Test
	void createOfTooLongValuesIsBadRequest() {
		assertProblem(post("/profiles", """
				{"username": "%s", "email": "%s@example.com"}
				""".formatted("a".repeat(51), "a".repeat(250))), HttpStatus.BAD_REQUEST,
				"email must be a well-formed email address, email size must be between 0 and 254, "
						+ "username size must be between 0 and 50");
	}

	@Test
	void updateEmailChangesProfile() {
		put("/profiles/8/email", """
				{"email": "eight@example.com"}
				""").expectStatus().isNoContent().expectBody().isEmpty();
		cluster().awaitReplication();
		get("/profiles/8").expectBody().jsonPath("$.email").isEqualTo("eight@example.com");
	}

	@Test
	void updateEmailOfUnknownProfileIsNotFound() {
		assertProblem(put("/profiles/0/email", """
				{"email": "new@example.com"}
				"""), HttpStatus.NOT_FOUND, "There is no profile 0");
	}

	@Test
	void updateEmailToTakenOneIsConflict() {
		assertProblem(put("/profiles/9/email", """
				{"email": "user1@example.com"}
				"""), HttpStatus.CONFLICT, "This username or email is taken");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			{}                  ; email must not be null
			{"email": "nobody"} ; email must be a well-formed email address
			{"email": true}     ; Failed to read request
			""")
	void updateEmailToBadOneIsBadRequest(String json, String detail) {
		assertProblem(put("/profiles/9/email", json), HttpStatus.BAD_REQUEST, detail);
	}

	@ParameterizedTest
	@ValueSource(strings = { "join", "batch", "n-plus-one" })
	void listReturnsProfilesWithOrders(String fetch) {
		get("/profiles?limit=1&fetch=" + fetch).expectStatus().isOk().expectBody().json("""
				[{"id": 1, "username": "user1", "orders": [
					{"id": 1, "total": 10.01, "createdAt": "2026-01-02T01:00:00Z"},
					{"id": 201, "total": 20.01, "createdAt": "2026-01-03T01:00:00Z"},
					{"id": 401, "total": 30.01, "createdAt": "2026-01-04T01:00:00Z"},
					{"id": 601, "total": 40.01, "createdAt": "2026-01-05T01:00:00Z"},
					{"id": 801, "total": 50.01, "createdAt": "2026-01-06T01:00:00Z"}]}]
				""", JsonCompareMode.STRICT);
	}

	@Test
	void listReturnsSameBytesHoweverFetched() {
		post("/profiles", """
				{"username": "orderless", "email": "orderless@example.com"}
				""").expectStatus().isCreated();
		cluster().awaitReplication();
		String joined = list("/profiles?limit=1000&fetch=join");
		assertThat(list("/profiles?limit=1000&fetch=batch")).isEqualTo(joined)
			.contains("\"username\":\"orderless\",\"orders\":[]");
	}

	@Test
	void listIsLimitedTo100AndJoinsByDefault() {
		get("/profiles").expectBody().jsonPath("$.length()").isEqualTo(100);
		assertThat(list("/profiles")).isEqualTo(list("/profiles?limit=100&fetch=join"));
	}

	@ParameterizedTest
	@CsvSource({ "join, 1", "batch, 2", "n-plus-one, 151" })
	void listTakesAsManyStatements(String fetch, int statements) {
		cluster().nodes().forEach(PostgresNode::resetStatements);
		list("/profiles?limit=150&fetch=" + fetch);
		assertThat(cluster().nodes().stream().mapToLong(PostgresNode::statements).sum()).isEqualTo(statements);
	}

	@ParameterizedTest
	@ValueSource(strings = { "join", "batch" })
	void listTakesFewStatementsOnReplicas(String fetch) {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			list("/profiles?limit=150&fetch=" + fetch);
			assertThat(recorded).hasAtMost(2).ranOnReplicas();
		}
	}

	@Test
	void listOneByOneIsFound() {
		try (RecordedStatements recorded = RecordedStatements.start()) {
			list("/profiles?limit=150&fetch=n-plus-one");
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> assertThat(recorded).hasNoneMoreOftenThan(2))
				.withMessageContaining(
						"executed 150 times: SELECT id, total, created_at FROM orders WHERE user_id = ?");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			limit=0            ; limit must be greater than or equal to 1
			limit=1001         ; limit must be less than or equal to 1000
			limit=many         ; Failed to convert 'limit' with value: 'many'
			fetch=lazy         ; fetch must match "join|batch|n-plus-one"
			limit=0&fetch=lazy ; fetch must match "join|batch|n-plus-one", limit must be greater than or equal to 1
			""")
	void listOfBadParametersIsBadRequest(String query, String detail) {
		assertProblem(get("/profiles?" + query), HttpStatus.BAD_REQUEST, detail);
	}

	private String list(String uri) {
		return get(uri).expectStatus().isOk().expectBody(String.class).returnResult().getResponseBody();
	}

	private long idOf(String username) {
		return primary().sql("SELECT id FROM users WHERE username = ?").param(username).query(Long.class).single();
	}

}
