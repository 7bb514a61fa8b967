package dev.scaling.starter.sharding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.routing.Clusters;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the health of an application of which some shards are away.
 */
class ShardHealthTests {

	private static PostgresCluster cluster;

	private static ConfigurableApplicationContext context;

	private static HealthEndpoint health;

	@BeforeAll
	static void start() {
		cluster = PostgresCluster.builder().replicas(1).cluster("essential", 0).cluster("archive", 0).start();
		context = run("scaling.health.optional=archive", "management.endpoint.health.probes.enabled=true",
				"management.endpoint.health.group.readiness.include=readinessState,db",
				"management.endpoint.health.group.main.include=db/main");
		health = context.getBean(HealthEndpoint.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		cluster.close();
	}

	@BeforeEach
	void repair() {
		cluster.clusters().values().forEach(PostgresCluster::repair);
		await().atMost(Duration.ofSeconds(30))
			.until(() -> status("db/archive") == Status.UP && status("db/essential") == Status.UP
					&& status("db/main") == Status.UP);
		assertThat(status("readiness")).isEqualTo(Status.UP);
	}

	@Test
	void applicationIsReadyWithoutAnOptionalShard() {
		cluster.cluster("archive").primary().stop();
		await().atMost(Duration.ofSeconds(20)).until(() -> status("db/archive") == Status.UNKNOWN);
		assertThat(status("readiness")).isEqualTo(Status.UP);
		assertThat(status("db")).isEqualTo(Status.UP);
		assertThat(status("db/essential")).isEqualTo(Status.UP);
	}

	@Test
	void applicationIsNotReadyWithoutAnEssentialShard() {
		cluster.cluster("essential").primary().stop();
		await().atMost(Duration.ofSeconds(20)).until(() -> status("db/essential") == Status.DOWN);
		assertThat(status("readiness")).isEqualTo(Status.DOWN);
		assertThat(status("main")).isEqualTo(Status.UP);
		assertThat(status("liveness")).isEqualTo(Status.UP);
	}

	@Test
	void applicationIsReadyWithoutReplicas() {
		cluster.replica(1).stop();
		await().atMost(Duration.ofSeconds(20)).until(() -> state("replica-1") == NodeState.UNREACHABLE);
		assertThat(status("readiness")).isEqualTo(Status.UP);
	}

	@Test
	void unknownClusterIsRefused() {
		assertThatException().isThrownBy(() -> run("scaling.health.optional=archives").close())
			.havingRootCause()
			.isInstanceOf(InvalidConfigurationPropertyValueException.class)
			.withMessageContaining("scaling.health.optional")
			.withMessageContaining("archives")
			.withMessageContaining("The clusters are archive, essential, main");
	}

	private static Status status(String path) {
		return health.healthForPath(path.split("/")).getStatus();
	}

	private static NodeState state(String node) {
		return context.getBean(Clusters.class).find("main").orElseThrow().current().node(node).orElseThrow().state();
	}

	private static ConfigurableApplicationContext run(String... properties) {
		Map<String, Object> nodes = new LinkedHashMap<>();
		nodes.put("scaling.primary.url", cluster.primary().jdbcUrl());
		nodes.put("scaling.primary.username", "postgres");
		nodes.put("scaling.replicas.replica-1.url", cluster.replica(1).jdbcUrl());
		for (String shard : new String[] { "essential", "archive" }) {
			nodes.put("scaling.shards." + shard + ".primary.url", cluster.cluster(shard).primary().jdbcUrl());
		}
		return Applications.run(Application.class, nodes, properties);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
