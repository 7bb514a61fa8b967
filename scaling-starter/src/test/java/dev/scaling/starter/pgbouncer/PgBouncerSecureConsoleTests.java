package dev.scaling.starter.pgbouncer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.util.Credentials;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.connection.ServerCertificate;
import dev.scaling.test.PgBouncer;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for the console of a PgBouncer that wants encryption and a password.
 */
class PgBouncerSecureConsoleTests {

	private static final String PASSWORD = "watching-1f7c";

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().extension();

	private static PgBouncer pgbouncer;

	private static ServerCertificate certificate;

	private static ServerCertificate other;

	/**
	 * What the provider of credentials says.
	 */
	private static volatile Credentials credentials = Credentials.of("nobody", "");

	@BeforeAll
	static void start(@TempDir Path directory) throws Exception {
		assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
		certificate = ServerCertificate.create(directory, "pooler");
		other = ServerCertificate.create(directory, "other");
		pgbouncer = PgBouncer.builder()
			.nodes(cluster.cluster().nodes())
			.user(PgBouncer.STATS, PASSWORD)
			.set("auth_type", "scram-sha-256")
			.set("client_tls_sslmode", "require")
			.set("client_tls_key_file", certificate.key().toString())
			.set("client_tls_cert_file", certificate.certificate().toString())
			.start();
	}

	@AfterAll
	static void stop() {
		if (pgbouncer != null) {
			pgbouncer.close();
		}
	}

	@Test
	void consoleIsAskedThroughAConnectionWhoseCertificateIsChecked() {
		try (ConfigurableApplicationContext application = run(Plain.class,
				pgbouncer.adminJdbcUrl() + "?sslmode=verify-full&sslrootcert=" + certificate.certificate())) {
			PgBouncerMonitor monitor = application.getBean(PgBouncerMonitor.class);
			await().atMost(Duration.ofSeconds(20)).until(() -> monitor.status().isPresent());
			assertThat(monitor.failure()).isNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, disable, true, SSL required", "127.0.0.1, verify-full, false, PKIX",
			"localhost, verify-full, true, could not be verified" })
	void otherConnectionsAreRefused(String host, String mode, boolean trusted, String reason) {
		ServerCertificate authority = trusted ? certificate : other;
		String url = pgbouncer.adminJdbcUrl().replace("127.0.0.1", host) + "?sslmode=" + mode + "&sslrootcert="
				+ authority.certificate();
		try (ConfigurableApplicationContext application = run(Plain.class, url)) {
			PgBouncerMonitor monitor = application.getBean(PgBouncerMonitor.class);
			await().atMost(Duration.ofSeconds(20)).until(() -> monitor.failure() != null);
			assertThat(monitor.failure()).containsIgnoringCase(reason).doesNotContain(PASSWORD);
			assertThat(monitor.status()).isEmpty();
		}
	}

	@Test
	void providerIsAskedForEachConnection() {
		credentials = Credentials.of(PgBouncer.STATS, "outdated-3d11");
		try (ConfigurableApplicationContext application = run(Provided.class,
				pgbouncer.adminJdbcUrl() + "?sslmode=require")) {
			PgBouncerMonitor monitor = application.getBean(PgBouncerMonitor.class);
			await().atMost(Duration.ofSeconds(20)).until(() -> monitor.failure() != null);
			assertThat(monitor.failure()).contains("does not let the user in").doesNotContain("outdated-3d11");
			credentials = Credentials.of(PgBouncer.STATS, PASSWORD);
			await().atMost(Duration.ofSeconds(20)).until(() -> monitor.status().isPresent());
		}
	}

	private static ConfigurableApplicationContext run(Class<?> application, String url) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("scaling.primary.url", cluster.cluster().primary().jdbcUrl());
		properties.put("scaling.primary.username", cluster.cluster().primary().username());
		properties.put("scaling.pgbouncer.admin.url", url);
		properties.put("scaling.pgbouncer.admin.interval", "100ms");
		if (application == Plain.class) {
			properties.put("scaling.pgbouncer.admin.username", PgBouncer.STATS);
			properties.put("scaling.pgbouncer.admin.password", PASSWORD);
		}
		return Applications.run(application, properties);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Plain {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Provided {

		@Bean(defaultCandidate = false)
		@Qualifier("pgbouncer")
		HikariCredentialsProvider consoleCredentials() {
			return () -> credentials;
		}

	}

}
