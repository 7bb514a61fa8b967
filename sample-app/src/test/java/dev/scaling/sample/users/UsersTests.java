package dev.scaling.sample.users;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;

import dev.scaling.sample.AbstractShardTests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;
import org.springframework.util.DigestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UserController} and {@link UserService}.
 */
class UsersTests extends AbstractShardTests {

	@Test
	void createReturnsUserAndItsLocation() {
		String json = """
				{"id": 101, "username": "grace", "email": "grace@example.com"}
				""";
		post("/users", json).expectStatus()
			.isCreated()
			.expectHeader()
			.valueEquals(HttpHeaders.LOCATION, "/users/101")
			.expectBody()
			.json(json, JsonCompareMode.STRICT);
		awaitReplication();
		get("/users/101").expectStatus().isOk().expectBody().json(json, JsonCompareMode.STRICT);
	}

	/**
	 * The shards are those of
	 * {@code int(hashlib.md5(str(id).encode()).hexdigest(), 16) % 4} in Python.
	 */
	@ParameterizedTest
	@CsvSource({ "1, shard-3", "2, shard-0", "42, shard-2", "-1, shard-0", "9999999999, shard-1",
			"9223372036854775807, shard-3", "-9223372036854775808, shard-2" })
	void userLivesOnTheShardOfTheHash(long id, String shard) {
		assertRoute(create(id), shard + "/primary");
		for (String each : SHARDS) {
			assertThat(ids(each).contains(id)).isEqualTo(each.equals(shard));
		}
		awaitReplication();
		assertRoute(get("/users/" + id), shard + "/replica-1");
	}

	@Test
	void endpointSaysWhereAUserLives() {
		get("/actuator/scalingkeys/users/42").expectStatus().isOk().expectBody().json("""
				{"key": "42", "type": "number", "shard": "shard-2"}
				""", JsonCompareMode.STRICT);
	}

	@Test
	void usersAreOnAllShards() {
		List<Long> ids = LongStream.range(1000, 1100).boxed().toList();
		ids.forEach((id) -> create(id).expectStatus().isCreated());
		for (String shard : SHARDS) {
			assertThat(ids(shard)).filteredOn(ids::contains)
				.isNotEmpty()
				.containsExactlyElementsOf(ids.stream().filter((id) -> shard(id).equals(shard)).toList());
		}
	}

	@Test
	void getOfUnknownUserIsNotFound() {
		assertProblem(get("/users/0"), HttpStatus.NOT_FOUND, "There is no user 0");
	}

	@Test
	void getOfTextIsBadRequest() {
		assertProblem(get("/users/ada"), HttpStatus.BAD_REQUEST, "Failed to convert 'id' with value: 'ada'");
	}

	@Test
	void createOfExistingUserIsConflict() {
		create(102).expectStatus().isCreated();
		assertProblem(create(102), HttpStatus.CONFLICT, "There is a user 102 already");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			textBlock = """
					{}                                                          ; email must not be null, id must not be null, username must not be null
					{"id": "1", "username": "new", "email": "new@example.com"}  ; Failed to read request
					{"id": 1.5, "username": "new", "email": "new@example.com"}  ; Failed to read request
					{"id": 1e99, "username": "new", "email": "new@example.com"} ; Failed to read request
					{"id": 1, "username": "a b", "email": "new@example.com"}    ; username must match "[\\w.-]+"
					{"id": 1, "username": "new", "email": "example.com"}        ; email must be a well-formed email address
					""")
	void createOfBadUserIsBadRequest(String json, String detail) {
		assertProblem(post("/users", json), HttpStatus.BAD_REQUEST, detail);
	}

	private ResponseSpec create(long id) {
		return post("/users", """
				{"id": %1$d, "username": "user%1$d", "email": "user%1$d@example.com"}
				""".formatted(id));
	}

	private String shard(long id) {
		byte[] hash = DigestUtils.md5Digest(String.valueOf(id).getBytes(StandardCharsets.US_ASCII));
		return "shard-" + new BigInteger(1, hash).mod(BigInteger.valueOf(4));
	}

	private List<Long> ids(String shard) {
		return shard(shard).sql("SELECT id FROM users ORDER BY id").query(Long.class).list();
	}

}
