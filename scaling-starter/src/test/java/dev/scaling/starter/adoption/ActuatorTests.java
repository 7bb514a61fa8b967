package dev.scaling.starter.adoption;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.test.PostgresCluster;
import io.micrometer.core.instrument.FunctionCounter;
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
				"scaling.primary.pool.connection-timeout=1s" })
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
		await().atMost(Duration.ofSeconds(30)).until(() -> nodeUp("replica-1") == 1 && nodeUp("replica-2") == 1);
	}

	@Test
	void decisionsAreCountedByNodeAndReason() {
		double reads = decisions("replica", "read-only");
		double writes = decisions("primary", "read-write");
		double others = decisions("primary", "non-transactional");
		for (int i = 0; i < 10; i++) {
			work(true);
		}
		work(false);
		this.jdbc.sql("SELECT 1").query(Integer.class).single();
		assertThat(decisions("replica", "read-only") - reads).isEqualTo(10);
		assertThat(decisions("primary", "read-write") - writes).isOne();
		assertThat(decisions("primary", "non-transactional") - others).isOne();
	}

	@Test
	void metersOfNodesHaveTheSameTags() {
		for (String name : List.of("scaling.node.up", "scaling.node.busy")) {
			assertThat(this.meters.get(name).meters()).extracting((meter) -> tags(meter, "cluster", "node", "role"))
				.containsExactlyInAnyOrder(List.of("main", "primary", "primary"),
						List.of("main", "replica-1", "replica"), List.of("main", "replica-2", "replica"));
		}
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
	void endpointShowsClustersAndNodes() {
		work(true);
		work(false);
		Http.Answer all = this.http.get("/actuator/scaling");
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
		await().atMost(Duration.ofSeconds(20)).until(() -> workAndSeeNodeUp("replica-1") == 0);
		Http.Answer health = this.http.get("/actuator/health");
		assertThat(health.status()).isEqualTo(200);
		assertThat(health.<String>json("$.components.db.status")).isEqualTo("UP");
		assertThat(health.<Boolean>json("$.components.db.components.main.details.degraded")).isTrue();
		assertThat(health.<String>json("$.components.db.components.main.details.nodes.replica-1.state"))
			.isEqualTo("ejected");
		assertThat(health.<String>json("$.components.db.components.main.details.nodes.replica-1.reason")).isNotEmpty();
		assertThat(this.http.get("/actuator/health/readiness").<String>json("$.status")).isEqualTo("UP");
		assertThat(this.http.get("/actuator/scaling/main/replica-1").<String>json("$.state")).isEqualTo("ejected");
	}

	@Test
	void deadPrimaryTakesReadinessButNotLiveness() {
		cluster.primary().stop();
		Http.Answer health = this.http.get("/actuator/health");
		assertThat(health.status()).isEqualTo(503);
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
		return this.meters.get("scaling.node.up").tag("node", node).gauge().value();
	}

	private double busy(String node) {
		return this.meters.get("scaling.node.busy").tag("node", node).gauge().value();
	}

	private double decisions(String role, String reason) {
		return this.meters.get("scaling.routing.decisions")
			.tags("cluster", "main", "role", role, "reason", reason)
			.functionCounters()
			.stream()
			.mapToDouble(FunctionCounter::count)
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
