package dev.scaling.starter.connection.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.starter.adoption.Applications;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/connection-pooling.md} and
 * {@code docs/pgbouncer-monitoring.md}.
 */
class ConnectionPoolingPageTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

	static List<String> yaml() throws IOException {
		return Stream.concat(yaml("connection-pooling.md").stream(), yaml("pgbouncer-monitoring.md").stream()).toList();
	}

	private static List<String> yaml(String page) throws IOException {
		return YAML.matcher(Files.readString(DOCS.resolve(page)))
			.results()
			.map((MatchResult result) -> result.group(1))
			.toList();
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void propertiesExist(String yaml) throws IOException {
		assertThat(bind(yaml)).isNotNull();
	}

	@Test
	void defaultsAreThoseOfThePage() throws IOException {
		ScalingProperties.Pool page = bind(yaml().get(0)).getPool();
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class)) {
			HikariDataSource pool = context.getBean("replica-1DataSource", HikariDataSource.class);
			assertThat(pool.getMaximumPoolSize()).isEqualTo(page.getMaximumPoolSize());
			assertThat(pool.getMinimumIdle()).isEqualTo(page.getMinimumIdle());
			assertThat(pool.getIdleTimeout()).isEqualTo(page.getIdleTimeout().toMillis());
			HikariDataSource primary = context.getBean("primaryDataSource", HikariDataSource.class);
			assertThat(primary.getConnectionTimeout()).isEqualTo(page.getConnectionTimeout().toMillis());
		}
	}

	private static ScalingProperties bind(String yaml) throws IOException {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addLast(new YamlPropertySourceLoader()
				.load("page", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
				.get(0));
		return Binder.get(environment)
			.bind("scaling", Bindable.of(ScalingProperties.class),
					new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
			.get();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
