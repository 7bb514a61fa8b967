package dev.scaling.starter.budget.documentation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import dev.scaling.autoconfigure.ScalingBudgetProperties;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.adoption.ConfiguredCluster;
import dev.scaling.starter.documentation.Page;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the examples in {@code docs/connection-budget.md}.
 */
class ConnectionBudgetPageTests {

	private static final Page PAGE = Page.of("connection-budget.md");

	private static EnumerablePropertySource<?> yaml() {
		return Page.properties(PAGE.blocks("yaml").get(0));
	}

	@Test
	void defaultsAreThoseOfThePage() {
		ScalingBudgetProperties page = Page.bind(PAGE.blocks("yaml").get(0), "scaling.budget",
				ScalingBudgetProperties.class);
		ScalingBudgetProperties defaults = new ScalingBudgetProperties();
		assertThat(defaults.getInterval()).isEqualTo(page.getInterval());
		assertThat(defaults.getMemoryPerConnection()).isEqualTo(page.getMemoryPerConnection());
	}

	@Test
	void applicationWithTheYamlAndTheTableShowsFieldsAndMeters() {
		JdbcTemplate server = new JdbcTemplate(ConfiguredCluster.get().primary().dataSource());
		server.execute("CREATE ROLE shop");
		server.execute(PAGE.blocks("sql").get(0));
		List<String> properties = new ArrayList<>(
				List.of("server.port=0", "management.endpoints.web.exposure.include=scalingbudget"));
		EnumerablePropertySource<?> page = yaml();
		for (String name : page.getPropertyNames()) {
			properties.add(name + "=" + page.getProperty(name));
		}
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class,
				properties.toArray(String[]::new))) {
			assertThat(server.queryForObject("SELECT count(*) FROM scaling_instance", Integer.class)).isOne();
			RestClient client = RestClient
				.create("http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port"));
			await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
				String json = client.get().uri("/actuator/scalingbudget").retrieve().body(String.class);
				assertThat(JsonPath.<List<String>>read(json, "$.servers[*].verdict")).isNotEmpty().containsOnly("fits");
				Map<String, ?> fields = JsonPath.read(json, "$.servers[0]");
				String table = PAGE.text();
				assertThat(fields.keySet()).allSatisfy((field) -> assertThat(table).contains("`" + field + "`"));
				Map<String, ?> node = JsonPath.read(json, "$.servers[0].nodes.primary");
				assertThat(node.keySet()).allSatisfy((field) -> assertThat(table).contains("`" + field + "`"));
				assertThat(JsonPath.<Integer>read(json, "$.servers[0].usable")).isPositive();
			});
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("scaling.budget.usable").tag("node", "primary").gauge().value()).isPositive();
			assertThat(meters.get("scaling.budget.demand").tag("node", "primary").gauge().value()).isEqualTo(11);
			assertThat(meters.get("scaling.budget.instances").tag("node", "primary").gauge().value()).isOne();
			assertThat(meters.get("scaling.budget.connections").tag("node", "primary").gauge().value()).isPositive();
			assertThat(meters.get("scaling.budget.connections.idle").tag("node", "primary").gauge().value())
				.isNotNegative();
		}
		finally {
			server.execute("DROP TABLE scaling_instance");
			server.execute("DROP ROLE shop");
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
