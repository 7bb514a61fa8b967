package dev.scaling.sample.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files for Prometheus and Grafana.
 */
final class MonitoringFiles {

	static final Path RULES = Path.of("..", "docs", "monitoring", "prometheus-rules.yml");

	static final Path DASHBOARD = Path.of("..", "docs", "monitoring", "grafana-dashboard.json");

	static final Path PAGE = Path.of("..", "docs", "monitoring.md");

	private static final Pattern METRIC = Pattern.compile("\\b(?:scaling|hikaricp)_\\w+");

	private MonitoringFiles() {
	}

	static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	static List<Map<String, Object>> alerts() {
		List<Map<String, Object>> alerts = new ArrayList<>();
		Map<String, List<Map<String, Object>>> rules = new Yaml().load(read(RULES));
		rules.get("groups").forEach((group) -> alerts.addAll((List<Map<String, Object>>) group.get("rules")));
		return alerts;
	}

	static JsonNode dashboard() {
		return JsonMapper.shared().readTree(read(DASHBOARD));
	}

	/**
	 * The expressions of the dashboard, without what only Grafana knows.
	 */
	static List<String> dashboardExpressions() {
		return dashboard().findValuesAsString("expr")
			.stream()
			.map((expression) -> expression.replaceAll("\\$__(rate_interval|range)", "5m"))
			.toList();
	}

	/**
	 * The metrics that both files use.
	 */
	static Set<String> metrics() {
		Set<String> metrics = new LinkedHashSet<>();
		List<String> expressions = new ArrayList<>(dashboardExpressions());
		alerts().forEach((alert) -> expressions.add((String) alert.get("expr")));
		expressions.forEach(
				(expression) -> METRIC.matcher(expression).results().forEach((result) -> metrics.add(result.group())));
		return metrics;
	}

}
