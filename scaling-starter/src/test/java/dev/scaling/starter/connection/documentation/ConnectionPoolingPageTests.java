package dev.scaling.starter.connection.documentation;

import java.util.List;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.documentation.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/connection-pooling.md} and
 * {@code docs/pgbouncer-monitoring.md}.
 */
class ConnectionPoolingPageTests {

	static List<String> yaml() {
		return Stream.of("connection-pooling.md", "pgbouncer-monitoring.md")
			.flatMap((page) -> Page.of(page).blocks("yaml").stream())
			.toList();
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void propertiesExist(String yaml) {
		assertThat(Page.bind(yaml, "scaling", ScalingProperties.class)).isNotNull();
	}

	@Test
	void defaultsAreThoseOfThePage() {
		ScalingProperties.Pool page = Page.bind(yaml().get(0), "scaling", ScalingProperties.class).getPool();
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class)) {
			HikariDataSource pool = context.getBean("replica-1DataSource", HikariDataSource.class);
			assertThat(pool.getMaximumPoolSize()).isEqualTo(page.getMaximumPoolSize());
			assertThat(pool.getMinimumIdle()).isEqualTo(page.getMinimumIdle());
			assertThat(pool.getIdleTimeout()).isEqualTo(page.getIdleTimeout().toMillis());
			HikariDataSource primary = context.getBean("primaryDataSource", HikariDataSource.class);
			assertThat(primary.getConnectionTimeout()).isEqualTo(page.getConnectionTimeout().toMillis());
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
