package dev.scaling.starter.insight.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariCredentialsProvider;
import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.documentation.Page;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/connections.md}.
 */
class ConnectionsPageTests {

	private static final Page PAGE = Page.of("connections.md");

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	@Test
	void javaIsCompiledAsItStandsThere() {
		assertThat(PAGE.blocks("java")).isNotEmpty()
			.containsExactlyInAnyOrderElementsOf(Page.snippets(ConnectionsPageTests.class));
	}

	@Test
	void sqlIsWhatTheServerTakes() throws Exception {
		List<String> sql = PAGE.blocks("sql");
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

	static List<String> yaml() {
		return PAGE.blocks("yaml");
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void applicationsRunWithTheYaml(String yaml) {
		EnumerablePropertySource<?> source = Page.properties(yaml);
		Page.bind(yaml, "scaling", ScalingProperties.class);
		List<String> arguments = new ArrayList<>();
		for (String name : source.getPropertyNames()) {
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

}
