package dev.scaling.sample;

import java.util.List;
import java.util.stream.IntStream;

import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for where statements go, by the header of the response and by the servers' own
 * statistics.
 */
class RoutingTests extends AbstractSampleTests {

	@BeforeEach
	void resetStatements() {
		cluster().awaitReplication();
		cluster().nodes().forEach(PostgresNode::resetStatements);
	}

	@Test
	void hundredReadsLeaveThePrimaryAlone() {
		List<ResponseSpec> responses = IntStream.rangeClosed(1, 100).mapToObj((id) -> get("/profiles/" + id)).toList();
		assertThat(statements("primary")).isZero();
		assertThat(statements("replica-1") + statements("replica-2")).isEqualTo(100);
		assertThat(responses).extracting(this::route).containsOnly("replica-1", "replica-2");
		assertThat(responses).extracting(this::route)
			.filteredOn("replica-1"::equals)
			.hasSize((int) statements("replica-1"));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/profiles/1", "/profiles/0", "/profiles?fetch=join", "/profiles?fetch=batch", "/accounts/1" })
	void readGoesToOneReplica(String uri) {
		ResponseSpec response = get(uri);
		assertThat(cluster().replicas()).filteredOn((replica) -> replica.statements() > 0)
			.extracting(PostgresNode::id)
			.containsExactly(route(response));
		assertThat(cluster().primary().statements()).isZero();
	}

	@Test
	void createGoesToPrimary() {
		assertServedByPrimary(post("/profiles", """
				{"username": "routed", "email": "routed@example.com"}
				"""));
	}

	@Test
	void updateEmailGoesToPrimary() {
		assertServedByPrimary(put("/profiles/31/email", """
				{"email": "routed31@example.com"}
				"""));
	}

	@Test
	void transferGoesToPrimary() {
		assertServedByPrimary(post("/transfers", """
				{"from": 31, "to": 32, "amount": 1}
				"""));
	}

	@Test
	void refusedTransferGoesToPrimary() {
		assertServedByPrimary(post("/transfers", """
				{"from": 31, "to": 32, "amount": 100000}
				"""));
	}

	@Test
	void badRequestGoesNowhere() {
		get("/profiles?fetch=lazy").expectHeader().doesNotExist("Scaling-Route");
	}

	private void assertServedByPrimary(ResponseSpec response) {
		assertThat(cluster().primary().statements()).isPositive();
		assertThat(cluster().replicas()).allSatisfy((replica) -> assertThat(replica.statements()).isZero());
		assertThat(route(response)).isEqualTo("primary");
	}

	private long statements(String node) {
		return cluster().node(node).statements("FROM users WHERE id");
	}

	private String route(ResponseSpec response) {
		return response.returnResult().getResponseHeaders().getFirst("Scaling-Route");
	}

}
