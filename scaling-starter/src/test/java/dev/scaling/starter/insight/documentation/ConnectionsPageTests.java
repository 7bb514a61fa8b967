package dev.scaling.starter.insight.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariCredentialsProvider;
import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/connections.md}.
 */
class ConnectionsPageTests {

	private static final Path PAGE = Path.of("..", "docs", "connections.md");

	private static final Path SOURCES = Path.of("src", "test", "java",
			ConnectionsPageTests.class.getPackageName().replace('.', '/'));

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	@Test
	void javaIsCompiledAsItStandsThere() throws IOException {
		assertThat(blocks("java")).isNotEmpty().containsExactlyInAnyOrderElementsOf(snippets());
	}

	@Test
	void sqlIsWhatTheServerTakes() throws Exception {
		List<String> sql = blocks("sql");
		assertThat(sql).isNotEmpty();
		try (Connection connection = cluster.cluster().primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("CREATE ROLE shop LOGIN");
			for (String block : sql) {
				statement.execute(block.replace("DATABASE shop", "DATABASE postgres"));
			}
			connection.rollback();
		}
	}

	@Test
	void exampleAsksTheFileForEachConnection(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("password"), "first\n");
		new ApplicationContextRunner().withUserConfiguration(DatabaseCredentials.class)
			.withPropertyValues("shop.password-file=" + file)
			.run((context) -> {
				HikariCredentialsProvider provider = context.getBean(HikariCredentialsProvider.class);
				assertThat(provider.getCredentials().getPassword()).isEqualTo("first");
				Files.writeString(file, "second\n");
				assertThat(provider.getCredentials().getPassword()).isEqualTo("second");
				assertThat(provider.getCredentials().getUsername()).isEqualTo("shop");
			});
	}

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
	 * The servers of this test have neither certificates nor the page's users.
	 */
	private static boolean isIndependentOfTheServer(String name) {
		return name.startsWith("scaling.") && !name.contains("ssl") && !name.endsWith(".url")
				&& !name.endsWith(".username") && !name.endsWith(".password");
	}

	private static List<String> snippets() throws IOException {
		List<String> snippets = new ArrayList<>();
		try (Stream<Path> files = Files.list(SOURCES)) {
			for (Path file : files.filter((path) -> !path.endsWith("ConnectionsPageTests.java")).toList()) {
				Matcher matcher = Pattern
					.compile("[\\t ]*// tag::(\\w+)\\[]\\n(.*?)[\\t ]*// end::\\1\\[]", Pattern.DOTALL)
					.matcher(Files.readString(file, StandardCharsets.UTF_8));
				while (matcher.find()) {
					snippets.add(matcher.group(2).stripTrailing().stripIndent() + "\n");
				}
			}
		}
		return snippets;
	}

	private static List<String> blocks(String language) throws IOException {
		List<String> blocks = new ArrayList<>();
		Matcher matcher = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
			.matcher(Files.readString(PAGE, StandardCharsets.UTF_8));
		while (matcher.find()) {
			blocks.add(matcher.group(1));
		}
		return blocks;
	}

}
