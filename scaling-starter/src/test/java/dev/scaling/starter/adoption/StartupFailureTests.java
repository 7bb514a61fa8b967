package dev.scaling.starter.adoption;

import java.util.LinkedHashMap;
import java.util.Map;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for what users read when a wrong configuration keeps the application from
 * starting: the property, its value, the reason and the cure, and no password.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupFailureTests {

	private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/shop";

	private static final String REPLICA = "jdbc:postgresql://127.0.0.1:2/shop";

	@Test
	void replicaWithoutUrl(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + NOWHERE, "scaling.replicas.replica-1.weight=2"))
			.contains("scaling.replicas.replica-1.url", "A replica needs the JDBC URL of its node");
	}

	@Test
	void replicaWithAnotherScheme(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + NOWHERE,
				"scaling.replicas.replica-1.url=jdbc:mysql://db-2/shop?password=" + ConfiguredCluster.PASSWORD))
			.contains("scaling.replicas.replica-1.url", "'jdbc:mysql://db-2/shop'", "'jdbc:postgresql:'");
	}

	@Test
	void replicaWithAUrlThatIsNotOfJdbc(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + NOWHERE,
				"scaling.replicas.replica-1.url=postgresql://shop:" + ConfiguredCluster.PASSWORD + "@db-2/shop"))
			.contains("scaling.replicas.replica-1.url", "'jdbc:postgresql:'");
	}

	@Test
	void replicaWithAUrlThatTheDriverRefuses(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + ConfiguredCluster.get().primary().jdbcUrl(),
				"scaling.primary.username=postgres", "scaling.replicas.replica-1.url=jdbc:postgresql://db-2:port/shop"))
			.contains("scaling.replicas.replica-1.url", "jdbc:postgresql://db-2:port/shop");
	}

	@Test
	void replicaWithAWrongWeight(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + NOWHERE, "scaling.replicas.replica-1.url=" + REPLICA,
				"scaling.replicas.replica-1.weight=0"))
			.contains("scaling.replicas.replica-1.weight", "'0'", "from 1 to 1000");
	}

	@Test
	void primaryThatIsDown(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + NOWHERE + "?password=" + ConfiguredCluster.PASSWORD,
				"scaling.replicas.replica-1.url=" + REPLICA, "scaling.pool.connection-timeout=500ms"))
			.contains(NOWHERE, "refused", "scaling.failover.start-without-primary");
	}

	@Test
	void primaryThatRefusesTheCredentials(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + ConfiguredCluster.get().primary().jdbcUrl(),
				"scaling.primary.username=nobody", "scaling.replicas.replica-1.url=" + REPLICA,
				"scaling.pool.connection-timeout=500ms"))
			.contains(ConfiguredCluster.get().primary().jdbcUrl(), "nobody", "URL and credentials");
	}

	@Test
	void primaryOfAnotherKind(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=jdbc:mysql://db-1/shop?password=" + ConfiguredCluster.PASSWORD,
				"scaling.replicas.replica-1.url=" + REPLICA))
			.contains("scaling.primary.url", "'jdbc:mysql://db-1/shop'", "'jdbc:postgresql:'");
	}

	@Test
	void twoUrlsOfThePrimary(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + NOWHERE + "?password=" + ConfiguredCluster.PASSWORD,
				"spring.datasource.url=jdbc:postgresql://db-1/other", "scaling.replicas.replica-1.url=" + REPLICA))
			.contains("scaling.primary.url", "'spring.datasource.url'", "Remove one of the two");
	}

	@Test
	void urlOfThePrimaryBesideADataSourceBean(CapturedOutput output) {
		assertThat(failure(OwnDataSourceApplication.class, output,
				"scaling.primary.url=" + NOWHERE + "?password=" + ConfiguredCluster.PASSWORD,
				"scaling.replicas.replica-1.url=" + REPLICA))
			.contains("scaling.primary.url", "'dataSource'", "Remove the property, or the bean");
	}

	@Test
	void twoDataSourceBeans(CapturedOutput output) {
		assertThat(failure(TwoDataSourcesApplication.class, output, "scaling.replicas.replica-1.url=" + REPLICA))
			.contains("[orders, users]", "@Primary", "defaultCandidate = false");
	}

	@Test
	void wordThatIsNoChoice(CapturedOutput output) {
		assertThat(failure(output, "scaling.primary.url=" + NOWHERE, "scaling.replicas.replica-1.url=" + REPLICA,
				"scaling.routing.selector=fastest"))
			.contains("scaling.routing.selector", "fastest", "LEAST_BUSY");
	}

	private static String failure(CapturedOutput output, String... properties) {
		return failure(PlainApplication.class, output, properties);
	}

	private static String failure(Class<?> application, CapturedOutput output, String... properties) {
		Map<String, Object> credentials = new LinkedHashMap<>();
		credentials.put("scaling.primary.password", ConfiguredCluster.PASSWORD);
		int start = output.getAll().length();
		assertThatException().isThrownBy(() -> Applications.run(application, credentials, properties).close());
		String all = output.getAll().substring(start);
		assertThat(all).contains("APPLICATION FAILED TO START");
		String analysis = all.substring(all.indexOf("APPLICATION FAILED TO START"));
		assertThat(analysis).contains("Description:", "Action:").doesNotContain(ConfiguredCluster.PASSWORD);
		assertThat(all).doesNotContain(ConfiguredCluster.PASSWORD);
		return analysis;
	}

	private static HikariDataSource pool() {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(NOWHERE);
		return pool;
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class PlainApplication {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class OwnDataSourceApplication {

		@Bean
		HikariDataSource dataSource() {
			return pool();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class TwoDataSourcesApplication {

		@Bean
		HikariDataSource orders() {
			return pool();
		}

		@Bean
		HikariDataSource users() {
			return pool();
		}

	}

}
