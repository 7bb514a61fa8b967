package dev.scaling.sample.faults;

import java.time.Duration;
import java.util.List;

import dev.scaling.sample.AbstractShardTests;
import dev.scaling.sample.faults.FaultController.Roles;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FaultController} with shards: the others do not notice what happens to
 * one of them.
 */
class ShardFaultsTests extends AbstractShardTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@AfterEach
	void repair() {
		assertRoles(post("/faults/repair", ""), "primary", "replica-1", "replica-2");
		await().atMost(PATIENCE).untilAsserted(() -> assertRoute(create("2025-03-01"), "shard-1/primary"));
		await().atMost(PATIENCE).untilAsserted(() -> assertRoute(get("/events?date=2025-03-01"), "shard-1/replica-1"));
	}

	@Test
	void writesFollowThePromotedReplicaOfTheShard() {
		create("2025-03-02").expectStatus().isCreated();
		assertRoles(post("/faults/failover?cluster=shard-1", ""), "shard-1/replica-1");
		assertRoute(create("2024-03-01"), "shard-0/primary");
		await().atMost(PATIENCE).untilAsserted(() -> assertRoute(create("2025-03-01"), "shard-1/replica-1"));
		create("2025-03-02").expectStatus().isCreated();
		get("/events?date=2025-03-02").expectBody().jsonPath("$.length()").isEqualTo(2);
		assertProblem(post("/faults/failover?cluster=shard-1", ""), HttpStatus.CONFLICT,
				"No replica is left to be promoted: POST /faults/repair");
	}

	@Test
	void visitorReadsOldDataWhileTheReplicaOfTheShardLags() {
		assertRoles(post("/faults/lag?cluster=shard-1", ""), "shard-1/primary", "shard-1/replica-1");
		create("2025-03-03").expectStatus().isCreated();
		get("/events?date=2025-03-03").expectBody().jsonPath("$.length()").isEqualTo(0);
	}

	@Test
	void gatherNamesTheShardThatIsDown() {
		cluster().cluster("shard-1").nodes().forEach(PostgresNode::kill);
		assertProblem(get("/orders/count"), HttpStatus.SERVICE_UNAVAILABLE,
				"Not all shards have answered: shard-1 failed");
		create("2024-03-01").expectStatus().isCreated();
	}

	@Test
	void unknownClusterIsNotFound() {
		assertProblem(post("/faults/lag?cluster=shard-9", ""), HttpStatus.NOT_FOUND,
				"There is no cluster shard-9 among [main, shard-0, shard-1, shard-2, shard-3]");
	}

	private ResponseSpec create(String date) {
		return post("/events", """
				{"date": "%s", "text": "Sale"}
				""".formatted(date));
	}

	private void assertRoles(ResponseSpec response, String primary, String... replicas) {
		response.expectStatus().isOk().expectBody(Roles.class).isEqualTo(new Roles(primary, List.of(replicas)));
	}

}
