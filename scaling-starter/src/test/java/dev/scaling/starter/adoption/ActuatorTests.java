package dev.scaling.starter.adoption;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.test.PostgresCluster;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what operators of an application see: meters, endpoint and health.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always",
				"management.endpoint.health.probes.enabled=true",
				"management.endpoint.health.group.readiness.include=readinessState,db",
				"management.endpoint.health.group.readiness.show-details=always",
				"scaling.primary.pool.connection-timeout=1s", "scaling.routing.max-lag-bytes=1MB" })
@ExtendWith(OutputCaptureExtension.class)
class ActuatorTests {

	private static final PostgresCluster cluster = ConfiguredCluster.get();

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@LocalServerPort
	private int port;

	private Http http;

	@DynamicPropertySource
	static void configureNodes(DynamicPropertyRegistry registry) {
		ConfiguredCluster.register(registry);
		registry.add("scaling.replicas.replica-2.url",
				() -> cluster.node("replica-2").jdbcUrl() + "?password=" + ConfiguredCluster.PASSWORD);
	}

	@BeforeEach
	void createClient() {
		this.http = new Http(this.port);
	}

	@AfterEach
	void repairCluster() {
		cluster.repair();
		await().atMost(Duration.ofSeconds(30))
			.until(() -> node("scaling.node.primary", "primary") == 1 && nodeUp("primary") == 1
					&& nodeUp("replica-1") == 1 && nodeUp("replica-2") == 1);
	}

	@Test
	void decisionsAreCountedByNodeAndReason() {
		double reads = decisions("read-only", "replica-1", "replica-2");
		double writes = decisions("read-write", "primary");
		double others = decisions("non-transactional", "primary");
		for (int i = 0; i < 10; i++) {
			work(true);
		}
		work(false);
		this.jdbc.sql("SELECT 1").query(Integer.class).single();
		assertThat(decisions("read-only", "replica-1", "replica-2") - reads).isEqualTo(10);
		assertThat(decisions("read-write", "primary") - writes).isOne();
		assertThat(decisions("non-transactional", "primary") - others).isOne();
	}

	@Test
	void metersOfNodesHaveTheSameTags() {
		for (String name : List.of("scaling.node.up", "scaling.node.primary", "scaling.node.lag",
				"scaling.node.lag.bytes", "scaling.node.timeline", "scaling.node.busy", "scaling.routing.retries")) {
			assertThat(this.meters.get(name).meters()).extracting((meter) -> tags(meter, "cluster", "node"))
				.containsExactlyInAnyOrder(List.of("main", "primary"), List.of("main", "replica-1"),
						List.of("main", "replica-2"));
		}
	}

	@Test
	void metersSayWhatProbesHaveSeen() {
		assertThat(this.meters.get("scaling.monitor.probes")
			.tags("node", "replica-1", "outcome", "answered")
			.functionTimer()
			.count()).isPositive();
		assertThat(node("scaling.node.timeline", "primary")).isPositive();
		assertThat(node("scaling.node.timeline", "replica-1")).isEqualTo(node("scaling.node.timeline", "primary"));
		assertThat(node("scaling.node.lag", "primary")).isNaN();
		assertThat(node("scaling.node.lag", "replica-1")).isBetween(0.0, 10.0);
		assertThat(node("scaling.node.lag.bytes", "replica-1")).isNotNegative();
	}

	@Test
	void busyConnectionsAreThoseOfRunningTransactions() {
		assertThat(busy("primary")).isZero();
		new TransactionTemplate(this.transactionManager).executeWithoutResult((status) -> {
			assertThat(busy("primary")).isZero();
			this.jdbc.sql("SELECT 1").query(Integer.class).single();
			assertThat(busy("primary")).isOne();
		});
		assertThat(busy("primary")).isZero();
	}

	@Test
	void poolsAreMeasuredUnderTheIdsOfTheirNodes() {
		assertThat(tagValues("hikaricp.connections.max", "pool")).contains("primary", "replica-1", "replica-2",
				"reporting");
		assertThat(tagValues("jdbc.connections.max", "name")).contains("primary", "replica-1", "replica-2",
				"reporting");
		assertThat(this.meters.get("hikaricp.connections.max").tag("pool", "replica-2").gauge().value()).isEqualTo(10);
	}

	@Test
	void sessionTokensAreCounted() {
		double before = this.meters.get("scaling.consistency.tokens")
			.tag("result", "unreadable")
			.functionCounter()
			.count();
		this.http.get("/actuator/health", "Scaling-Session-a=made-up");
		assertThat(this.meters.get("scaling.consistency.tokens").tag("result", "unreadable").functionCounter().count()
				- before)
			.isOne();
	}

	@Test
	void endpointShowsClustersAndNodes() {
		work(true);
		work(false);
		Http.Answer all = this.http.get("/actuator/scaling");
		assertThat(all.<String>json("$.clusters.main.primary")).isEqualTo("primary");
		assertThat(all.<Integer>json("$.clusters.main.timeline")).isPositive();
		assertThat(all.<Integer>json("$.clusters.main.failovers")).isNotNegative();
		assertThat(all.<Integer>json("$.clusters.main.lostPositions")).isZero();
		Map<String, Object> nodes = all.json("$.clusters.main.nodes");
		assertThat(nodes).containsOnlyKeys("primary", "replica-1", "replica-2");
		assertThat(all.<String>json("$.clusters.main.nodes.primary.role")).isEqualTo("primary");
		assertThat(all.<Integer>json("$.clusters.main.nodes.primary.decisions.read-write")).isPositive();
		Http.Answer main = this.http.get("/actuator/scaling/main");
		assertThat(main.<Map<String, Object>>json("$.nodes")).containsOnlyKeys("primary", "replica-1", "replica-2");
	}

	@Test
	void endpointShowsOneNode() {
		Http.Answer node = this.http.get("/actuator/scaling/main/replica-2");
		assertThat(node.<String>json("$.role")).isEqualTo("replica");
		assertThat(node.<String>json("$.state")).isEqualTo("up");
		assertThat(node.<String>json("$.url")).isEqualTo(cluster.node("replica-2").jdbcUrl());
		assertThat(node.<Integer>json("$.weight")).isOne();
		assertThat(node.<Integer>json("$.busy")).isZero();
		assertThat(node.<Integer>json("$.pool.maximum")).isEqualTo(10);
		assertThat(node.<Integer>json("$.pool.waiting")).isZero();
		assertThat(node.<String>json("$.since")).isNotEmpty();
		assertThat(node.<String>json("$.configuredRole")).isEqualTo("replica");
		assertThat(node.<Boolean>json("$.promotable")).isTrue();
		assertThat(node.<Integer>json("$.timeline")).isPositive();
		assertThat(node.<String>json("$.position")).matches("[0-9A-F]+/[0-9A-F]+");
		assertThat(Duration.parse(node.json("$.lag.time"))).isGreaterThanOrEqualTo(Duration.ZERO);
		assertThat(node.<Integer>json("$.lag.bytes")).isNotNegative();
		assertThat(node.<String>json("$.server.systemIdentifier")).matches("[0-9]+");
		assertThat(node.<String>json("$.server.address")).isEqualTo("127.0.0.1");
		assertThat(node.<Integer>json("$.server.port")).isPositive();
		assertThat(Instant.parse(node.json("$.server.startedAt"))).isBefore(Instant.now());
	}

	@Test
	void pausedReplicaLags() {
		cluster.replica(1).pauseReplay();
		logMessage(100_000);
		await().atMost(Duration.ofSeconds(20)).until(() -> node("scaling.node.lag.bytes", "replica-1") > 100_000);
		Http.Answer replica = this.http.get("/actuator/scaling/main/replica-1");
		assertThat(replica.<String>json("$.state")).isEqualTo("up");
		assertThat(replica.<Integer>json("$.lag.bytes")).isGreaterThan(100_000);
		await().atMost(Duration.ofSeconds(20)).until(() -> node("scaling.node.lag", "replica-1") > 0.5);
		assertThat(Duration.parse(this.http.get("/actuator/scaling/main/replica-1").json("$.lag.time")))
			.isGreaterThanOrEqualTo(Duration.ofMillis(500));
		logMessage(1_100_000);
		await().atMost(Duration.ofSeconds(20)).until(() -> state("replica-1").equals("lagging"));
		assertThat(this.http.get("/actuator/scaling/main/replica-1").<String>json("$.reason"))
			.matches("is [0-9]+ ms, [0-9]+ bytes behind");
		assertThat(nodeUp("replica-1")).isZero();
		assertThat(this.meters.get("scaling.node.state").tags("node", "replica-1", "state", "lagging").gauge().value())
			.isOne();
		Http.Answer health = this.http.get("/actuator/health");
		assertThat(health.status()).isEqualTo(200);
		assertThat(health.<Boolean>json("$.components.db.components.main.details.degraded")).isTrue();
		assertThat(health.<String>json("$.components.db.components.main.details.nodes.replica-1.state"))
			.isEqualTo("lagging");
		assertThat(health.<Integer>json("$.components.db.components.main.details.nodes.replica-1.lag.bytes"))
			.isGreaterThan(1_100_000);
		cluster.replica(1).resumeReplay();
		await().atMost(Duration.ofSeconds(20)).until(() -> nodeUp("replica-1") == 1);
		await().atMost(Duration.ofSeconds(20)).until(() -> node("scaling.node.lag.bytes", "replica-1") == 0);
	}

	@Test
	void promotedReplicaIsThePrimary() {
		double failovers = this.meters.get("scaling.failovers").functionCounter().count();
		double timeline = node("scaling.node.timeline", "primary");
		cluster.primary().stop();
		cluster.replica(1).promote();
		cluster.replica(2).follow();
		await().atMost(Duration.ofSeconds(20)).until(() -> node("scaling.node.primary", "replica-1") == 1);
		await().atMost(Duration.ofSeconds(20)).until(() -> nodeUp("replica-2") == 1);
		assertThat(node("scaling.node.primary", "primary")).isZero();
		assertThat(node("scaling.node.timeline", "replica-1")).isGreaterThan(timeline);
		assertThat(this.meters.get("scaling.failovers").functionCounter().count()).isEqualTo(failovers + 1);
		Http.Answer main = this.http.get("/actuator/scaling/main");
		assertThat(main.<String>json("$.primary")).isEqualTo("replica-1");
		assertThat(main.<Integer>json("$.timeline").doubleValue()).isGreaterThan(timeline);
		assertThat(main.<Integer>json("$.failovers").doubleValue()).isEqualTo(failovers + 1);
		assertThat(main.<String>json("$.nodes.replica-1.role")).isEqualTo("primary");
		assertThat(main.<String>json("$.nodes.replica-1.configuredRole")).isEqualTo("replica");
		assertThat(main.<Map<String, Object>>json("$.nodes.replica-1")).doesNotContainKey("lag");
		assertThat(main.<Map<String, Object>>json("$.nodes.replica-2")).containsKey("lag");
		assertThat(main.<String>json("$.nodes.primary.configuredRole")).isEqualTo("primary");
		assertThat(main.<Map<String, Object>>json("$.nodes.primary")).doesNotContainEntry("state", "up");
		Http.Answer health = this.http.get("/actuator/health");
		assertThat(health.status()).isEqualTo(200);
		assertThat(health.<String>json("$.components.db.components.main.details.primary")).isEqualTo("replica-1");
		assertThat(health.<String>json("$.components.db.components.main.details.nodes.replica-1.role"))
			.isEqualTo("primary");
		double writes = decisions("read-write", "replica-1");
		work(false);
		assertThat(decisions("read-write", "replica-1") - writes).isOne();
	}

	@Test
	void twoPrimariesAreNamed() {
		cluster.replica(1).promote();
		cluster.replica(2).promote();
		await().atMost(Duration.ofSeconds(20)).until(() -> this.http.get("/actuator/health").status() == 503);
		Http.Answer health = this.http.get("/actuator/health");
		assertThat(health.<String>json("$.components.db.components.main.details.error"))
			.contains("No node takes the writes", "replica-1 (primary), replica-2 (primary): fenced");
		Http.Answer main = this.http.get("/actuator/scaling/main");
		assertThat(main.<Map<String, Object>>json("$")).doesNotContainKey("primary");
		assertThat(main.<String>json("$.nodes.replica-1.state")).isEqualTo("fenced");
		assertThat(main.<String>json("$.nodes.replica-2.reason")).contains("replica-1", "replica-2", "timeline");
		assertThat(node("scaling.node.primary", "replica-1") + node("scaling.node.primary", "replica-2")
				+ node("scaling.node.primary", "primary"))
			.isZero();
	}

	@Test
	void primaryThatRefusesToWriteIsDown() {
		JdbcClient primary = JdbcClient.create(cluster.primary().dataSource());
		primary.sql("ALTER SYSTEM SET default_transaction_read_only = on").update();
		try {
			primary.sql("SELECT pg_reload_conf()").query(Boolean.class).single();
			await().atMost(Duration.ofSeconds(20)).until(() -> this.http.get("/actuator/health").status() == 503);
			assertThat(this.http.get("/actuator/health").<String>json("$.components.db.components.main.details.error"))
				.contains("primary", "default_transaction_read_only");
		}
		finally {
			primary.sql("ALTER SYSTEM RESET default_transaction_read_only").update();
			primary.sql("SELECT pg_reload_conf()").query(Boolean.class).single();
		}
		await().atMost(Duration.ofSeconds(20)).until(() -> this.http.get("/actuator/health").status() == 200);
	}

	@Test
	void endpointDoesNotFindWhatIsNotThere() {
		assertThat(this.http.get("/actuator/scaling/other").status()).isEqualTo(404);
		assertThat(this.http.get("/actuator/scaling/main/replica-9").status()).isEqualTo(404);
		assertThat(this.http.get("/actuator/scaling/other/primary").status()).isEqualTo(404);
	}

	@Test
	void noPasswordComesOut(CapturedOutput output) {
		cluster.replica(2).kill();
		await().atMost(Duration.ofSeconds(20)).until(() -> workAndSeeNodeUp("replica-2") == 0);
		Map<String, Map<String, Object>> links = this.http.get("/actuator").json("$._links");
		assertThat(links).containsKeys("env", "configprops", "beans", "health", "scaling", "metrics", "conditions");
		links.forEach((name, link) -> {
			if (!link.get("templated").equals(true) && !name.equals("heapdump")) {
				assertThat(this.http.get("/actuator/" + name).body()).as(name)
					.doesNotContain(ConfiguredCluster.PASSWORD);
			}
		});
		assertThat(output.getAll()).doesNotContain(ConfiguredCluster.PASSWORD);
	}

	@Test
	void deadReplicaLeavesTheApplicationUpAndReady() {
		assertThat(this.http.get("/actuator/health").<Boolean>json("$.components.db.components.main.details.degraded"))
			.isFalse();
		cluster.replica(1).kill();
		await().atMost(Duration.ofSeconds(20)).until(() -> state("replica-1").equals("unreachable"));
		assertThat(nodeUp("replica-1")).isZero();
		Http.Answer health = this.http.get("/actuator/health");
		assertThat(health.status()).isEqualTo(200);
		assertThat(health.<String>json("$.components.db.status")).isEqualTo("UP");
		assertThat(health.<Boolean>json("$.components.db.components.main.details.degraded")).isTrue();
		assertThat(health.<String>json("$.components.db.components.main.details.nodes.replica-1.state"))
			.isEqualTo("unreachable");
		assertThat(health.<String>json("$.components.db.components.main.details.nodes.replica-1.reason")).isNotEmpty();
		assertThat(this.http.get("/actuator/health/readiness").<String>json("$.status")).isEqualTo("UP");
		assertThat(node("scaling.node.lag", "replica-1")).isNaN();
	}

	@Test
	void deadPrimaryTakesReadinessButNotLiveness() {
		cluster.primary().stop();
		await().atMost(Duration.ofSeconds(20)).until(() -> this.http.get("/actuator/health").status() == 503);
		Http.Answer health = this.http.get("/actuator/health");
		assertThat(health.<String>json("$.components.db.components.main.status")).isEqualTo("DOWN");
		assertThat(this.http.get("/actuator/health/readiness").<String>json("$.status")).isEqualTo("DOWN");
		Http.Answer liveness = this.http.get("/actuator/health/liveness");
		assertThat(liveness.status()).isEqualTo(200);
		assertThat(liveness.body()).doesNotContain("db");
	}

	@Test
	void unrelatedDataSourceKeepsItsHealth() {
		Http.Answer health = this.http.get("/actuator/health");
		assertThat(health.<Map<String, Object>>json("$.components.db.components")).containsOnlyKeys("main",
				"reporting");
		assertThat(health.<String>json("$.components.db.components.reporting.status")).isEqualTo("UP");
	}

	@Test
	void healthOfDatabasesCanBeSwitchedOff() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class,
				"management.health.db.enabled=false")) {
			assertThat(context.containsBean("dbHealthContributor")).isFalse();
		}
	}

	private void work(boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(this.transactionManager);
		template.setReadOnly(readOnly);
		template.executeWithoutResult((status) -> this.jdbc.sql("SELECT 1").query(Integer.class).single());
	}

	private void logMessage(int bytes) {
		new TransactionTemplate(this.transactionManager).executeWithoutResult(
				(status) -> this.jdbc.sql("SELECT pg_logical_emit_message(true, 'test', repeat('x', ?))")
					.param(bytes)
					.query(String.class)
					.single());
	}

	private double workAndSeeNodeUp(String node) {
		try {
			work(true);
		}
		catch (RuntimeException ex) {
			assertThat(ex).isNotNull();
		}
		return nodeUp(node);
	}

	private double nodeUp(String node) {
		return node("scaling.node.up", node);
	}

	private double busy(String node) {
		return node("scaling.node.busy", node);
	}

	private double node(String meter, String node) {
		return this.meters.get(meter).tag("node", node).gauge().value();
	}

	private String state(String node) {
		return this.http.get("/actuator/scaling/main/" + node).json("$.state");
	}

	private double decisions(String reason, String... nodes) {
		return Arrays.stream(nodes)
			.mapToDouble((node) -> this.meters.get("scaling.routing.decisions")
				.tags("cluster", "main", "node", node, "reason", reason)
				.functionCounter()
				.count())
			.sum();
	}

	private Set<String> tagValues(String meter, String tag) {
		return this.meters.get(meter).meters().stream().map((found) -> tag(found, tag)).collect(Collectors.toSet());
	}

	private static List<String> tags(Meter meter, String... names) {
		return List.of(names).stream().map((name) -> tag(meter, name)).toList();
	}

	private static String tag(Meter meter, String name) {
		return String.valueOf(meter.getId().getTag(name));
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class Application {

		@Bean(defaultCandidate = false)
		DataSource reporting() {
			HikariDataSource reporting = new HikariDataSource();
			reporting.setPoolName("reporting");
			reporting.setJdbcUrl(cluster.node("replica-2").jdbcUrl());
			reporting.setUsername("postgres");
			reporting.setConnectionTimeout(1000);
			return reporting;
		}

	}

}
