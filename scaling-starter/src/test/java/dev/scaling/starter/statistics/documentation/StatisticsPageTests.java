package dev.scaling.starter.statistics.documentation;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.scaling.autoconfigure.ScalingStatisticsProperties;
import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.StatisticsCollector;
import dev.scaling.insight.statistics.StatisticsHistory;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import dev.scaling.metrics.ScalingMeters;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.adoption.ConfiguredCluster;
import dev.scaling.starter.documentation.Page;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the examples in {@code docs/statistics.md}, and for applications that collect
 * statistics.
 */
class StatisticsPageTests {

	private static final Page PAGE = Page.of("statistics.md");

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static EnumerablePropertySource<?> yaml() {
		return Page.properties(PAGE.blocks("yaml").get(0));
	}

	@Test
	void defaultsAreThoseOfThePage() {
		ScalingStatisticsProperties page = Page.bind(PAGE.blocks("yaml").get(0), "scaling.insight.statistics",
				ScalingStatisticsProperties.class);
		assertThat(page).usingRecursiveComparison().isEqualTo(new ScalingStatisticsProperties());
	}

	@Test
	void metersAreThoseOfThePage() {
		List<String> rows = PAGE.text().lines().filter((line) -> line.startsWith("| `scaling.server.")).toList();
		List<String> expected = Arrays.stream(ScalingMeters.values())
			.filter((meter) -> meter.getName().startsWith("scaling.server."))
			.map((meter) -> {
				String unit = (meter.getBaseUnit() != null) ? meter.getBaseUnit() + " " : "";
				KeyName[] tags = meter.getKeyNames();
				return "| `" + meter.getName() + "` | " + unit + "| "
						+ ((tags.length > 2) ? "`" + tags[2].asString() + "` " : "") + "| ";
			})
			.toList();
		assertThat(rows).hasSameSizeAs(expected);
		assertThat(expected).allSatisfy((row) -> assertThat(rows).anyMatch((found) -> found.startsWith(row)));
	}

	@Test
	void applicationCollectsWithTheRightsOfThePage() {
		JdbcTemplate server = new JdbcTemplate(ConfiguredCluster.get().primary().dataSource());
		PAGE.blocks("sql").forEach(server::execute);
		ConfiguredCluster.get().awaitReplication();
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class,
				"scaling.insight.statistics.interval=1s", "scaling.monitor.username=shop_monitor")) {
			List<String> nodes = ConfiguredCluster.get().nodes().stream().map((node) -> node.id()).sorted().toList();
			StatisticsHistory history = context.getBean(StatisticsHistory.class);
			await().atMost(PATIENCE).untilAsserted(() -> {
				assertThat(history.nodes()).extracting((node) -> node.latest().node()).isEqualTo(nodes);
				assertThat(history.nodes()).allSatisfy((node) -> assertThat(node.previous()).isNotNull());
			});
			assertThat(history.nodes()).extracting(NodeStatistics::latest)
				.allSatisfy((node) -> assertThat(node.missing()).isEmpty())
				.filteredOn(ServerStatistics::primary)
				.hasSize(1);
			assertThat(context.getBean(MeterRegistry.class)
				.get("scaling.server.connections.max")
				.tag("cluster", "main")
				.tag("node", "primary")
				.gauge()
				.value()).isEqualTo(100);
			StatisticsCollector collector = context.getBean(StatisticsCollector.class);
			context.stop();
			assertThat(collector.isRunning()).isFalse();
			context.start();
			assertThat(collector.isRunning()).isTrue();
		}
		finally {
			server.execute("DROP ROLE shop_monitor");
		}
	}

	@Test
	void applicationWithoutReplicasCollects() {
		Map<String, Object> nodes = Map.of("scaling.primary.url", ConfiguredCluster.get().node("primary").jdbcUrl(),
				"scaling.primary.username", "postgres", "scaling.primary.password", ConfiguredCluster.PASSWORD);
		try (ConfigurableApplicationContext context = Applications.run(Application.class, nodes,
				"scaling.insight.statistics.interval=1s", "scaling.insight.statistics.tables=0")) {
			StatisticsHistory history = context.getBean(StatisticsHistory.class);
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(history.nodes()).hasSize(1));
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			await().atMost(PATIENCE)
				.untilAsserted(() -> assertThat(meters.find("scaling.server.wal").functionCounters()).hasSize(1));
			assertThat(meters.find("scaling.server.table.scans").meters()).isEmpty();
		}
	}

	@Test
	void applicationMayDoWithout() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class,
				"scaling.insight.statistics.enabled=false")) {
			assertThat(context.getBeanProvider(StatisticsCollector.class).stream()).isEmpty();
			assertThat(context.getBeanProvider(StatisticsHistory.class).stream()).isEmpty();
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
