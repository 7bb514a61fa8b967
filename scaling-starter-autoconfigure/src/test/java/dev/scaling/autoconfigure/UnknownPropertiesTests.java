package dev.scaling.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnknownProperties}.
 */
class UnknownPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ScalingPropertiesAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(strings = { "scaling.replica.replica-1.url", "scaling.replicas.replica-1.uri",
			"scaling.shards.shard-0.primary.pool.size", "scaling.budget.modus", "scaling.insight.slow-query.limit",
			"scaling.insight.statistics.every" })
	void unknownPropertyIsRefusedWithoutItsValue(String name) {
		this.runner.withPropertyValues(name + "=12345").run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).isInstanceOf(ScalingConfigurationException.class)
				.hasMessageContaining("There is no property '" + name + "'")
				.hasMessageNotContaining("12345");
		});
	}

	@Test
	void groupWithAValueIsRefused() {
		this.runner.withPropertyValues("scaling.replicas.replica-1=jdbc:postgresql://db/shop").run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).isInstanceOf(ScalingConfigurationException.class)
				.hasMessageContaining("'scaling.replicas.replica-1.url'");
		});
	}

	@Test
	void knownPropertiesAreFine() {
		this.runner
			.withPropertyValues("scaling.replicas.replica-1.url=jdbc:postgresql://db/shop",
					"scaling.replicas.replica-1.pool.data-source-properties.sslmode=require",
					"scaling.keyspaces.users.shards[0]=shard-0", "scaling.keyspaces.users.tables.orders=user_id",
					"scaling.advisor.processors=8", "scaling.budget.mode=fit", "scaling.health.optional=archive",
					"scaling.insight.hot-keys.sample=1", "scaling.insight.statistics.interval=10s",
					"scaling.timeouts.replica.statement=30s")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void nothingIsLookedAtWhenTheStarterIsOff() {
		this.runner.withPropertyValues("scaling.enabled=false", "scaling.replica.replica-1.url=x")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void eachClassOfPropertiesIsKnown() throws IOException {
		Map<String, String> expected = new HashMap<>();
		try (InputStream stream = new ClassPathResource("META-INF/spring-configuration-metadata.json")
			.getInputStream()) {
			List<Map<String, String>> groups = JsonPath.read(stream, "$.groups[?(@.name =~ /scaling\\..*/)]");
			groups.stream()
				.filter((group) -> group.get("type").equals(group.get("sourceType")))
				.forEach((group) -> expected.put(group.get("name"), group.get("type")));
		}
		Map<String, String> known = new HashMap<>();
		UnknownProperties.GROUPS.forEach((name, type) -> known.put(name.toString(), type.getName()));
		assertThat(known).isNotEmpty().isEqualTo(expected);
	}

}
