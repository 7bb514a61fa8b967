package dev.scaling.sample.monitoring;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for alerts and dashboard with Prometheus' own tool, where it is installed.
 */
class PrometheusRulesTests {

	private static final String PROMTOOL = "promtool";

	@TempDir
	Path directory;

	@BeforeAll
	static void findTool() {
		assumeTrue(Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
			.anyMatch((path) -> Files.isExecutable(Path.of(path, PROMTOOL))), "promtool is not installed");
	}

	@Test
	void rulesAreRules() throws Exception {
		assertThat(promtool("check", "rules", MonitoringFiles.RULES.toString()))
			.contains("SUCCESS: " + MonitoringFiles.alerts().size() + " rules found");
	}

	@Test
	void alertsFireWhenTheyShould() throws Exception {
		assertThat(promtool("test", "rules", "src/test/resources/monitoring/prometheus-rules-tests.yml"))
			.contains("SUCCESS");
	}

	@Test
	void expressionsOfTheDashboardAreExpressions() throws Exception {
		StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
		int number = 0;
		for (String expression : MonitoringFiles.dashboardExpressions()) {
			rules.append("  - record: panel:%d\n    expr: '%s'\n".formatted(number, expression));
			number++;
		}
		Path file = Files.writeString(this.directory.resolve("dashboard.yml"), rules);
		assertThat(promtool("check", "rules", file.toString())).contains("SUCCESS: " + number + " rules found");
	}

	private String promtool(String... arguments) throws IOException, InterruptedException {
		String[] command = new String[arguments.length + 1];
		command[0] = PROMTOOL;
		System.arraycopy(arguments, 0, command, 1, arguments.length);
		Path output = this.directory.resolve("output");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(process.exitValue()).as(Files.readString(output)).isZero();
		return Files.readString(output);
	}

}
