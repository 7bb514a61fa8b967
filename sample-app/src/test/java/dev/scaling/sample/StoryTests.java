package dev.scaling.sample;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import dev.scaling.insight.statistics.StatisticsCollector;
import dev.scaling.test.PostgresNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The story of a bad day: at each step the endpoints, the health, the meters, the advisor
 * and the page say what is going on. The page is looked at where there is a browser.
 */
@TestPropertySource(properties = { "spring.application.name=story", "scaling.routing.max-lag=1s",
		"scaling.advisor.acceptable-lag=1s", "scaling.insight.hot-keys.sample=1",
		"management.endpoint.health.show-details=always" })
@DirtiesContext
class StoryTests extends AbstractShardTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int STORM = 30;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private StatisticsCollector statistics;

	@LocalServerPort
	private int port;

	private @Nullable Browser browser;

	@AfterEach
	void end() {
		if (this.browser != null) {
			this.browser.close();
		}
		cluster().replicas().forEach(PostgresNode::resumeReplay);
		cluster().repair();
	}

	@Test
	void badDay() throws Exception {
		openPage();
		healthy();
		replicaLags();
		replicaIsKilled();
		primaryIsKilled();
		rowsAreReadOneByOne();
		connectionStorm();
		largeTenant();
	}

	private void openPage() {
		try {
			this.browser = Browser.start();
			this.browser.open("http://localhost:" + this.port + "/actuator/scaling");
		}
		catch (TestAbortedException ex) {
			this.browser = null;
		}
	}

	private void healthy() {
		primary().sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").update();
		await().atMost(PATIENCE).until(() -> route("/profiles/1").startsWith("replica-"));
		eventually(() -> {
			assertNode("replica-1", "replica", "up");
			assertNode("replica-2", "replica", "up");
			assertHealth("UP", false);
			assertMeter("scaling.node.up", "replica-1", 1);
		});
		this.statistics.collect();
		assertThat(findings())
			.as(() -> get("/actuator/scalingadvisor").expectBody(String.class).returnResult().getResponseBody())
			.doesNotContain("replica-lag", "repeated-queries", "pool-exhausted", "hot-key");
		onPage((page) -> {
			page.awaitText("#verdict", "All is well");
			page.awaitText("[data-node=replica-1]", "✓ up");
		});
	}

	private void replicaLags() {
		cluster().replica(1).pauseReplay();
		primary().sql("UPDATE users SET email = email WHERE id = 1").update();
		eventually(() -> {
			assertNode("replica-1", "replica", "lagging");
			assertHealth("UP", true);
			assertMeter("scaling.node.up", "replica-1", 0);
			assertThat(findings()).contains("replica-lag");
		});
		for (int i = 0; i < 10; i++) {
			assertThat(route("/profiles/1")).isEqualTo("replica-2");
		}
		assertThat(this.meters.get("scaling.node.lag").tag("node", "replica-1").gauge().value()).isGreaterThan(1);
		onPage((page) -> page.awaitText("[data-node=replica-1]", "lagging"));
		cluster().replica(1).resumeReplay();
		eventually(() -> assertNode("replica-1", "replica", "up"));
	}

	private void replicaIsKilled() {
		cluster().replica(2).kill();
		eventually(() -> {
			assertThat(route("/profiles/1")).isEqualTo("replica-1");
			assertNode("replica-2", "replica", "unreachable");
			assertHealth("UP", true);
			assertMeter("scaling.node.up", "replica-2", 0);
		});
		onPage((page) -> page.awaitText("[data-node=replica-2]", "! unreachable"));
	}

	private void primaryIsKilled() {
		post("/faults/failover", "").expectStatus().isOk();
		eventually(() -> {
			assertThat(this.<String>read("/actuator/scaling", "$.clusters.main.primary")).isEqualTo("replica-1");
			assertThat(this.<String>read("/actuator/scaling/main/primary", "$.state")).isEqualTo("unreachable");
			assertHealth("UP", true);
			assertMeter("scaling.node.primary", "replica-1", 1);
			put("/profiles/41/email", """
					{"email": "after@example.com"}""").expectStatus().isNoContent();
		});
		assertThat(this.<Integer>read("/actuator/scaling", "$.clusters.main.failovers")).isOne();
		assertThat(this.meters.get("scaling.failovers").tag("cluster", "main").functionCounter().count()).isOne();
		onPage((page) -> page.awaitText("#events", "replica-1 was promoted: it takes the writes now"));
		post("/faults/repair", "").expectStatus().isOk();
		eventually(() -> {
			assertNode("primary", "primary", "up");
			assertNode("replica-1", "replica", "up");
			assertNode("replica-2", "replica", "up");
			assertHealth("UP", false);
		});
	}

	private void rowsAreReadOneByOne() {
		assertThat(findings()).doesNotContain("repeated-queries");
		get("/profiles?limit=50&fetch=n-plus-one").expectStatus().isOk();
		assertThat(findings()).contains("repeated-queries");
		assertThat(this.<List<String>>read("/actuator/scalingadvisor",
				"$.findings[?(@.id == 'repeated-queries')].evidence[*]"))
			.singleElement()
			.asString()
			.contains("ProfileService.java:", "50 times");
		assertThat(
				this.<List<String>>read("/actuator/scalingadvisor", "$.findings[?(@.id == 'repeated-queries')].remedy"))
			.containsExactly("tune");
		assertThat(this.meters.get("scaling.queries.repeated").functionCounter().count()).isPositive();
		onPage((page) -> page.awaitText("#advisor", "ProfileService.java:"));
	}

	/**
	 * Nobody gets on while one transaction holds what all need.
	 */
	private void connectionStorm() throws Exception {
		ExecutorService customers = Executors.newFixedThreadPool(STORM);
		try (Connection connection = cluster().primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("LOCK TABLE users IN EXCLUSIVE MODE");
			for (int i = 0; i < STORM; i++) {
				int id = i + 1;
				customers.execute(
						() -> put("/profiles/" + id + "/email", "{\"email\": \"storm%d@example.com\"}".formatted(id)));
			}
			eventually(() -> {
				assertThat(this.<Integer>read("/actuator/scaling/main/primary", "$.pool.active")).isEqualTo(10);
				assertThat(this.<Integer>read("/actuator/scaling/main/primary", "$.pool.waiting")).isPositive();
				assertThat(findings()).contains("pool-exhausted");
				assertHealth("UP", false);
			});
			assertMeter("scaling.node.busy", "primary", STORM);
			onPage((page) -> page.awaitText("[data-node=primary]", "10 of 10 in use"));
			connection.rollback();
		}
		finally {
			customers.shutdown();
		}
		assertThat(customers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
		eventually(() -> {
			assertThat(this.<Integer>read("/actuator/scaling/main/primary", "$.pool.active")).isZero();
			assertThat(findings()).doesNotContain("pool-exhausted");
		});
	}

	private void largeTenant() {
		for (int i = 0; i < 200; i++) {
			get("/tenants/" + ((i % 2 == 0) ? "acme" : "tenant" + i) + "/orders").expectStatus().isOk();
		}
		assertThat(this.<List<String>>read("/actuator/scalingkeys/tenants", "$.traffic.hottest[*].key").get(0))
			.isEqualTo("acme");
		assertThat(this.meters.get("scaling.keyspace.hottest.share").tag("keyspace", "tenants").gauge().value())
			.isGreaterThan(0.4);
		assertThat(findings()).contains("hot-key");
		assertThat(this.<List<String>>read("/actuator/scalingadvisor", "$.findings[?(@.id == 'hot-key')].remedy"))
			.containsExactly("shard");
		onPage((page) -> page.awaitText("#advisor", "of the work of keyspace 'tenants'"));
	}

	private List<String> findings() {
		return read("/actuator/scalingadvisor", "$.findings[*].id");
	}

	private void assertNode(String node, String role, String state) {
		String uri = "/actuator/scaling/main/" + node;
		assertThat(this.<String>read(uri, "$.role")).isEqualTo(role);
		assertThat(this.<String>read(uri, "$.state")).isEqualTo(state);
	}

	private void assertHealth(String status, boolean degraded) {
		assertThat(this.<String>read("/actuator/health", "$.status")).isEqualTo(status);
		assertThat(this.<String>read("/actuator/health/readiness", "$.status")).isEqualTo("UP");
		assertThat(this.<List<Boolean>>read("/actuator/health", "$.components.db..degraded")).contains(degraded);
	}

	private void assertMeter(String name, String node, double value) {
		assertThat(this.meters.get(name).tag("node", node).gauge()).extracting(Gauge::value).isEqualTo(value);
	}

	private String route(String uri) {
		return get(uri).returnResult().getResponseHeaders().getFirst("Scaling-Route");
	}

	private <T> T read(String uri, String path) {
		String json = get(uri).expectBody(String.class).returnResult().getResponseBody();
		try {
			return JsonPath.read(json, path);
		}
		catch (PathNotFoundException ex) {
			throw new AssertionError(path + " is not in " + json, ex);
		}
	}

	private void eventually(ThrowingRunnable assertion) {
		await().atMost(PATIENCE).untilAsserted(assertion);
	}

	private void onPage(Consumer<Browser> look) {
		if (this.browser != null) {
			look.accept(this.browser);
		}
	}

}
