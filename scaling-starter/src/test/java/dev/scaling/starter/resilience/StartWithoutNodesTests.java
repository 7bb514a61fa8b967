package dev.scaling.starter.resilience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import dev.scaling.NodeUnavailableException;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingReason;
import dev.scaling.starter.connection.Pools;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for applications that start while nodes are down.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartWithoutNodesTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(2).extension();

	private static final String READ = "SELECT pg_is_in_recovery()";

	@Test
	void applicationStartsWithoutReplicasAndUsesThemWhenTheyCome(PostgresCluster cluster) {
		cluster.replicas().forEach((replica) -> replica.kill());
		try (ConfigurableApplicationContext context = start(cluster)) {
			for (int i = 0; i < 5; i++) {
				assertThat(transaction(context, true, READ)).isEqualTo("f");
			}
			assertThat(topology(context).configuredPrimary().decisions(RoutingReason.REPLICAS_UNAVAILABLE))
				.isEqualTo(5);
			assertThatException().isThrownBy(() -> transaction(context, true, "CREATE TABLE refused (id int) "));
			cluster.replicas().forEach((replica) -> replica.start());
			for (String node : List.of("replica-1", "replica-2")) {
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
					assertThat(transaction(context, true, READ)).isIn("t", "f");
					return topology(context).pool(node).orElseThrow().decisions(RoutingReason.READ_ONLY) > 0;
				});
			}
			Pools.of(context.getBean(DataSource.class)).awaitDrained();
		}
	}

	@Test
	void applicationWithoutPrimaryDoesNotStartAndSaysWhy(PostgresCluster cluster, CapturedOutput output) {
		cluster.primary().kill();
		assertThatException().isThrownBy(() -> start(cluster).close());
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(cluster.primary().jdbcUrl())
			.contains("scaling.failover.start-without-primary");
	}

	@Test
	void applicationStartsWithoutPrimaryIfAskedAndReads(PostgresCluster cluster) {
		cluster.primary().kill();
		try (ConfigurableApplicationContext context = start(cluster, "--scaling.failover.start-without-primary=true",
				"--scaling.pool.connection-timeout=1s")) {
			for (int i = 0; i < 10; i++) {
				assertThat(transaction(context, true, READ)).isEqualTo("t");
			}
			long start = System.nanoTime();
			assertThatException().isThrownBy(() -> transaction(context, false, READ))
				.satisfies((ex) -> assertThat(causes(ex))
					.anySatisfy((cause) -> assertThat(cause).isInstanceOf(NodeUnavailableException.class)
						.hasMessageContaining("primary")));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
			cluster.primary().start();
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.ignoreExceptions()
				.until(() -> "f".equals(transaction(context, false, READ)));
			Pools.of(context.getBean(DataSource.class)).awaitDrained();
		}
	}

	@Test
	void applicationStartsWithoutAnyNodeIfAsked(PostgresCluster cluster) {
		cluster.nodes().forEach((node) -> node.kill());
		try (ConfigurableApplicationContext context = start(cluster, "--scaling.failover.start-without-primary=true",
				"--scaling.pool.connection-timeout=1s", "--spring.data.jdbc.dialect=postgresql")) {
			long start = System.nanoTime();
			assertThatException().isThrownBy(() -> transaction(context, true, READ))
				.satisfies((ex) -> assertThat(causes(ex))
					.anySatisfy((cause) -> assertThat(cause).isInstanceOf(NodeUnavailableException.class)
						.hasMessageContaining("primary")));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
			cluster.nodes().forEach((node) -> node.start());
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.ignoreExceptions()
				.until(() -> "t".equals(transaction(context, true, READ)));
		}
	}

	private static ConfigurableApplicationContext start(PostgresCluster cluster, String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--scaling.primary.url=" + cluster.node("primary").jdbcUrl());
		all.add("--scaling.primary.username=" + cluster.primary().username());
		for (int i = 1; i <= 2; i++) {
			all.add("--scaling.replicas.replica-" + i + ".url=" + cluster.replica(i).jdbcUrl());
		}
		return new SpringApplicationBuilder(ResilienceApplication.class).web(WebApplicationType.NONE)
			.run(all.toArray(String[]::new));
	}

	private static String transaction(ConfigurableApplicationContext context, boolean readOnly, String sql) {
		TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		transaction.setReadOnly(readOnly);
		JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
		return transaction.execute((status) -> jdbc.queryForObject(sql, String.class));
	}

	private static LiveTopology topology(ConfigurableApplicationContext context) {
		return ((RoutingDataSource) context.getBean(DataSource.class)).topology();
	}

	private static List<Throwable> causes(Throwable ex) {
		List<Throwable> causes = new ArrayList<>();
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			causes.add(cause);
		}
		return causes;
	}

}
