package dev.scaling.sample.faults;

import java.net.CookieManager;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;

import dev.scaling.sample.AbstractSampleTests;
import dev.scaling.sample.faults.FaultController.Roles;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.client.RestClient;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FaultController}, and for what customers see of the faults: the walk
 * through the README.
 */
@TestPropertySource(properties = "spring.application.name=faults")
@DirtiesContext
class FaultsTests extends AbstractSampleTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static int number;

	@LocalServerPort
	private int port;

	private RestClient customer;

	private RestClient visitor;

	@BeforeEach
	void createClients() {
		this.customer = client(HttpClient.newBuilder().cookieHandler(new CookieManager()).build());
		this.visitor = client(HttpClient.newHttpClient());
		await().atMost(PATIENCE).until(() -> !route(read(this.visitor)).equals("primary"));
	}

	@AfterEach
	void repair() {
		if (!cluster().primary().id().equals("primary")
				|| !cluster().nodes().stream().allMatch(PostgresNode::isRunning)) {
			cluster().repair();
		}
		cluster().replicas().forEach(PostgresNode::resumeReplay);
	}

	@Test
	void visitorGetsNoCookie() {
		assertThat(read(this.visitor).getHeaders().getFirst(HttpHeaders.SET_COOKIE)).isNull();
	}

	@Test
	void customerReadsTheOwnChangeWhileReplicasLag() {
		String before = email(read(this.visitor));
		assertThat(fault("lag")).isEqualTo(new Roles("primary", List.of("replica-1", "replica-2")));
		String email = changeEmail("primary");
		ResponseEntity<String> response = read(this.customer);
		assertThat(email(response)).isEqualTo(email);
		assertThat(route(response)).isEqualTo("primary");
		ResponseEntity<String> other = read(this.visitor);
		assertThat(email(other)).isEqualTo(before);
		assertThat(route(other)).startsWith("replica-");
		assertThat(fault("repair")).isEqualTo(new Roles("primary", List.of("replica-1", "replica-2")));
		await().atMost(PATIENCE).until(() -> {
			ResponseEntity<String> later = read(this.customer);
			assertThat(email(later)).isEqualTo(email);
			return route(later).startsWith("replica-");
		});
	}

	@Test
	void writesFollowThePromotedReplica() {
		changeEmail("primary");
		Roles roles = fault("failover");
		assertThat(roles.primary()).startsWith("replica-");
		assertThat(roles.replicas()).hasSize(1).doesNotContain(roles.primary());
		String email = changeEmail(roles.primary());
		assertThat(email(read(this.customer))).isEqualTo(email);
		assertThat(fault("repair")).isEqualTo(new Roles("primary", List.of("replica-1", "replica-2")));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(route(write("again@example.com"))).isEqualTo("primary"));
		assertThat(email(read(this.customer))).isEqualTo("again@example.com");
	}

	@Test
	void whoeverWritesWithoutPrimaryIsAskedToComeBack() {
		cluster().primary().kill();
		assertProblem(put("/profiles/41/email", """
				{"email": "nobody@example.com"}"""), HttpStatus.SERVICE_UNAVAILABLE,
				"The database cannot be reached, and nothing was changed: try again");
	}

	@Test
	void lastNodeIsNotKilled() {
		cluster().replicas().forEach(PostgresNode::kill);
		assertProblem(post("/faults/failover", ""), HttpStatus.CONFLICT,
				"No replica is left to be promoted: POST /faults/repair");
		assertThat(cluster().primary().isRunning()).isTrue();
	}

	@Test
	void nodeIsFrozenAndThawed() {
		nodeFault("freeze", "replica-1");
		awaitState("replica-1", "unreachable");
		nodeFault("thaw", "replica-1");
		awaitState("replica-1", "up");
	}

	@Test
	void nodeIsKilledAndRestarted() {
		nodeFault("kill", "replica-2");
		awaitState("replica-2", "unreachable");
		assertProblem(post("/faults/freeze?node=replica-2", ""), HttpStatus.CONFLICT, "Node replica-2 does not run");
		nodeFault("restart", "replica-2");
		awaitState("replica-2", "up");
	}

	@Test
	void chosenReplicaIsPromoted() {
		Roles roles = fault("promote?node=replica-2");
		assertThat(roles).isEqualTo(new Roles("replica-2", List.of("replica-1")));
		assertThat(changeEmail("replica-2")).isEqualTo(email(read(this.customer)));
		assertProblem(post("/faults/promote?node=replica-2", ""), HttpStatus.CONFLICT, "Node replica-2 is no replica");
		nodeFault("restart", "primary");
		awaitState("primary", "fenced");
	}

	@Test
	void unknownNodeIsNotFound() {
		assertProblem(post("/faults/kill?node=replica-9", ""), HttpStatus.NOT_FOUND, "There is no node replica-9");
		assertProblem(post("/faults/kill?node=shard-9/primary", ""), HttpStatus.NOT_FOUND,
				"There is no cluster shard-9 among [main]");
		get("/faults").expectStatus().isOk().expectBody().jsonPath("$.main.primary").isEqualTo("primary");
	}

	@Test
	void nothingIsBrokenWithoutTheEmbeddedCluster() {
		FaultController controller = new FaultController(
				new StaticListableBeanFactory().getBeanProvider(PostgresCluster.class));
		assertThatExceptionOfType(ResponseStatusException.class)
			.isThrownBy(() -> controller.failover(PostgresCluster.DEFAULT_NAME))
			.satisfies((ex) -> assertThat(ex.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND));
	}

	private RestClient client(HttpClient client) {
		return RestClient.builder()
			.baseUrl("http://localhost:" + this.port)
			.requestFactory(new JdkClientHttpRequestFactory(client))
			.build();
	}

	private ResponseEntity<String> read(RestClient client) {
		return client.get().uri("/profiles/41").retrieve().toEntity(String.class);
	}

	private String changeEmail(String node) {
		String email = "number" + number++ + "@example.com";
		assertThat(route(write(email))).isEqualTo(node);
		return email;
	}

	/**
	 * A pool may notice only when it is used that its server was killed.
	 */
	private ResponseEntity<Void> write(String email) {
		return await().atMost(PATIENCE)
			.until(() -> send(email).toBodilessEntity(),
					(response) -> response.getStatusCode() != HttpStatus.SERVICE_UNAVAILABLE);
	}

	private RestClient.ResponseSpec send(String email) {
		return this.customer.put()
			.uri("/profiles/41/email")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"email\": \"" + email + "\"}")
			.retrieve()
			.onStatus((status) -> status == HttpStatus.SERVICE_UNAVAILABLE, (request, response) -> {
			});
	}

	private Roles fault(String name) {
		return this.visitor.post().uri("/faults/" + name).retrieve().body(Roles.class);
	}

	private void nodeFault(String name, String node) {
		post("/faults/" + name + "?node=" + node, "").expectStatus().isNoContent();
	}

	private void awaitState(String node, String state) {
		await().atMost(PATIENCE)
			.until(() -> this.visitor.get().uri("/actuator/scaling/main/" + node).retrieve().body(String.class),
					(description) -> description.contains("\"state\":\"" + state + "\""));
	}

	private static String route(ResponseEntity<?> response) {
		return response.getHeaders().getFirst("Scaling-Route");
	}

	private static String email(ResponseEntity<String> response) {
		return response.getBody().replaceAll(".*\"email\":\"([^\"]*)\".*", "$1");
	}

}
