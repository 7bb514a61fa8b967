package dev.scaling.sample.monitoring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.scaling.autoconfigure.ScalingHealthProperties;
import dev.scaling.metrics.ScalingMeters;
import dev.scaling.sample.AbstractShardTests;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the files for Prometheus and Grafana, and the page about them, fit what an
 * application with shards tells.
 */
class MonitoringTests extends AbstractShardTests {

	private static final Pattern SAMPLE = Pattern.compile("^([a-z]\\w+)[{ ]", Pattern.MULTILINE);

	private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

	private static final Pattern HEADING = Pattern.compile("^### (\\w+)$", Pattern.MULTILINE);

	/**
	 * What no node of the sample can tell: there is no PgBouncer.
	 */
	private static final Pattern ABSENT = Pattern.compile("scaling_(pgbouncer|server|statistics)_.*");

	@Test
	void metricsOfTheFilesAreThere() {
		post("/tenants/monitored/orders", "{\"total\": 1}").expectStatus().isCreated();
		get("/orders/count").expectStatus().isOk();
		Set<String> scraped = SAMPLE
			.matcher(Objects
				.requireNonNull(get("/actuator/prometheus").expectBody(String.class).returnResult().getResponseBody()))
			.results()
			.map((result) -> result.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> documented = documented().flatMap((meter) -> prometheusNames(meter))
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> used = MonitoringFiles.metrics();
		assertThat(used).hasSizeGreaterThan(40);
		assertThat(used.stream().filter((metric) -> metric.startsWith("scaling_"))).isSubsetOf(documented);
		assertThat(used).filteredOn((metric) -> !ABSENT.matcher(metric).matches()).isSubsetOf(scraped);
	}

	@Test
	void dashboardShowsAllMeters() {
		assertThat(documented().filter((meter) -> prometheusNames(meter).noneMatch(MonitoringFiles.metrics()::contains))
			.map(MeterDocumentation::getName)).isEmpty();
	}

	@Test
	void pageDocumentsAllMeters() {
		assertThat(MonitoringFiles.read(MonitoringFiles.PAGE)
			.lines()
			.filter((line) -> line.startsWith("| `scaling.") && line.split("\\|").length == 6)
			.map((line) -> line.substring(0, line.lastIndexOf(" | ") + 2)))
			.containsExactlyInAnyOrderElementsOf(documented().map(MonitoringTests::row).toList());
	}

	@Test
	void yamlOfThePageIsBound() throws IOException {
		StandardEnvironment environment = new StandardEnvironment();
		for (MatchResult block : YAML.matcher(MonitoringFiles.read(MonitoringFiles.PAGE)).results().toList()) {
			new YamlPropertySourceLoader()
				.load("page" + block.start(), new ByteArrayResource(block.group(1).getBytes(StandardCharsets.UTF_8)))
				.forEach(environment.getPropertySources()::addLast);
		}
		Binder binder = Binder.get(environment, new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
		assertThat(binder.bind("scaling.health", ScalingHealthProperties.class).get().getOptional())
			.containsExactly("archive");
		assertThat(binder.bind("management.endpoint.health.group.readiness.include", String[].class).get())
			.containsExactly("readinessState", "db");
	}

	@Test
	void alertsSayWhatHasHappenedAndWhatToDo() {
		List<Map<String, Object>> alerts = MonitoringFiles.alerts();
		assertThat(alerts).extracting((alert) -> alert.get("alert")).doesNotHaveDuplicates();
		assertThat(
				HEADING.matcher(MonitoringFiles.read(MonitoringFiles.PAGE)).results().map((result) -> result.group(1)))
			.containsExactlyElementsOf(sections(alerts));
		assertThat(alerts).allSatisfy((alert) -> {
			assertThat(alert.get("labels")).asString().matches("\\{severity=(critical|warning|info)}");
			Map<?, ?> annotations = (Map<?, ?>) alert.get("annotations");
			assertThat(annotations.get("summary")).asString().isNotBlank();
			assertThat(annotations.get("description")).asString().isNotBlank();
			assertThat(annotations.get("runbook_url"))
				.isEqualTo("docs/monitoring.md#" + alert.get("alert").toString().toLowerCase());
		});
	}

	private static List<String> sections(List<Map<String, Object>> alerts) {
		return alerts.stream().map((alert) -> alert.get("alert").toString()).toList();
	}

	@Test
	void dashboardCanBeImported() {
		JsonNode dashboard = MonitoringFiles.dashboard();
		assertThat(dashboard.get("panels").findValuesAsString("id")).doesNotHaveDuplicates();
		assertThat(dashboard.get("panels").valueStream().filter((panel) -> panel.get("type").asString().equals("row")))
			.extracting((row) -> row.get("title").asString())
			.containsExactly("Overview", "Routing", "Replication", "Sessions", "Pools", "PgBouncer", "Shards",
					"Statistics");
		assertThat(dashboard.get("panels").valueStream().filter((panel) -> !panel.get("type").asString().equals("row")))
			.allSatisfy((panel) -> {
				assertThat(panel.get("description").asString()).isNotBlank();
				assertThat(panel.get("targets").size()).isPositive();
				assertThat(panel.at("/datasource/uid").asString()).isEqualTo("${datasource}");
			});
		Set<String> variables = Set.copyOf(dashboard.at("/templating/list").findValuesAsString("name"));
		Pattern variable = Pattern.compile("\\$([a-z]+)\\b");
		assertThat(MonitoringFiles.dashboardExpressions()).allSatisfy(
				(expression) -> assertThat(variable.matcher(expression).results().map((result) -> result.group(1)))
					.isSubsetOf(variables));
	}

	/**
	 * All meters that the library documents.
	 */
	private static Stream<MeterDocumentation> documented() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AssignableTypeFilter(MeterDocumentation.class));
		return scanner.findCandidateComponents(ScalingMeters.class.getPackageName())
			.stream()
			.map((found) -> ClassUtils.resolveClassName(Objects.requireNonNull(found.getBeanClassName()), null))
			.flatMap((type) -> Arrays.stream(type.getEnumConstants()))
			.map(MeterDocumentation.class::cast);
	}

	private static Stream<String> prometheusNames(MeterDocumentation meter) {
		String name = new PrometheusNamingConvention().name(meter.getName(), meter.getType(), meter.getBaseUnit());
		return switch (meter.getType()) {
			case TIMER -> Stream.of(name + "_count", name + "_sum", name + "_max");
			case COUNTER -> Stream.of(name.endsWith("_total") ? name : name + "_total");
			default -> Stream.of(name);
		};
	}

	private static String row(MeterDocumentation meter) {
		Meter.Type type = meter.getType();
		String unit = (meter.getBaseUnit() != null) ? meter.getBaseUnit() + " " : "";
		String tags = Arrays.stream(meter.getKeyNames())
			.map(KeyName::asString)
			.map((tag) -> "`" + tag + "`")
			.collect(Collectors.joining(", "));
		return "| `" + meter.getName() + "` | " + type.name().toLowerCase() + " | " + unit + "| "
				+ (tags.isEmpty() ? "" : tags + " ") + "|";
	}

}
