package dev.scaling.starter.pgbouncer.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/pgbouncer.md} and
 * {@code docs/pgbouncer-monitoring.md}.
 */
class PgBouncerPageTests {

	private static final List<Path> PAGES = List.of(Path.of("..", "docs", "pgbouncer.md"),
			Path.of("..", "docs", "pgbouncer-monitoring.md"));

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	static List<String> yaml() throws IOException {
		return blocks("yaml");
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void applicationsRunWithTheYaml(String yaml) throws IOException {
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("page", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
			.get(0);
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addLast(source);
		Binder.get(environment)
			.bindOrCreate("scaling", Bindable.of(ScalingProperties.class),
					new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
		List<String> arguments = new ArrayList<>();
		for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
			if (isIndependentOfTheServer(name)) {
				arguments.add(name + "=" + source.getProperty(name));
			}
		}
		try (ClusterApplication application = ClusterApplication.start(cluster.cluster(),
				arguments.toArray(String[]::new))) {
			assertThat(application.read("SELECT 1")).isEqualTo(1);
		}
	}

	/**
	 * The servers of this test have neither the page's addresses nor its users and
	 * shards.
	 */
	private static boolean isIndependentOfTheServer(String name) {
		return name.startsWith("scaling.") && !name.startsWith("scaling.shards") && !name.endsWith("url")
				&& !name.endsWith(".username") && !name.endsWith(".password");
	}

	private static List<String> blocks(String language) throws IOException {
		Pattern pattern = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
		List<String> blocks = new ArrayList<>();
		for (Path page : PAGES) {
			Matcher matcher = pattern.matcher(Files.readString(page, StandardCharsets.UTF_8));
			while (matcher.find()) {
				blocks.add(matcher.group(1));
			}
		}
		return blocks;
	}

}
