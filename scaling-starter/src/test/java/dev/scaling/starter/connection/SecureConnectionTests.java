package dev.scaling.starter.connection;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.util.Credentials;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for encrypted connections, and for passwords that change, on servers that take
 * the application's users only with both.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecureConnectionTests {

	private static final String ACCESS = """
			host all postgres,postgres_cluster 127.0.0.1/32 trust
			host replication all 127.0.0.1/32 trust
			hostssl all all 127.0.0.1/32 scram-sha-256
			""";

	private static PostgresCluster cluster;

	private static ServerCertificate certificate;

	private static ServerCertificate other;

	/**
	 * What the application's provider of credentials says.
	 */
	private static volatile Credentials credentials = Credentials.of("nobody", "");

	@BeforeAll
	static void start(@TempDir Path directory) throws Exception {
		certificate = ServerCertificate.create(directory, "server");
		other = ServerCertificate.create(directory, "other");
		Path access = Files.writeString(directory.resolve("pg_hba.conf"), ACCESS);
		cluster = PostgresCluster.builder()
			.replicas(1)
			.parameter("ssl", "on")
			.parameter("ssl_cert_file", certificate.certificate().toString())
			.parameter("ssl_key_file", certificate.key().toString())
			.parameter("hba_file", access.toString())
			.start();
		execute("CREATE ROLE shop LOGIN PASSWORD 'first'");
		execute("CREATE ROLE shop_monitor LOGIN PASSWORD 'watching' IN ROLE pg_monitor");
		execute("CREATE ROLE shop_reader LOGIN PASSWORD 'reading'");
		execute("CREATE TABLE purchase (id int); GRANT ALL ON purchase TO shop");
		cluster.awaitReplication();
	}

	@AfterAll
	static void stop() {
		if (cluster != null) {
			cluster.close();
		}
	}

	@Test
	void everyConnectionIsEncryptedAlsoTheMonitors() throws Exception {
		try (ConfigurableApplicationContext application = run(Plain.class, "scaling.primary.username=shop",
				"scaling.primary.password=first", "scaling.monitor.username=shop_monitor",
				"scaling.monitor.password=watching")) {
			awaitReplica(application);
			for (PostgresNode node : cluster.nodes()) {
				assertThat(query(node, connections("shop", true))).as(node.id()).isNotEqualTo("0");
				assertThat(query(node, connections("shop_monitor", true))).as(node.id()).isEqualTo("1");
				assertThat(query(node, connections("shop", false))).as(node.id()).isEqualTo("0");
				assertThat(query(node, connections("shop_monitor", false))).as(node.id()).isEqualTo("0");
			}
		}
	}

	@Test
	void connectionWithoutEncryptionIsRefused(CapturedOutput output) {
		assertThat(failure(output, "scaling.pool.data-source-properties.sslmode=disable")).contains("no encryption",
				"Add 'sslmode=verify-full'");
	}

	@Test
	void serverWithTheCertificateOfAnotherAuthorityIsRefused(CapturedOutput output) {
		assertThat(failure(output, "scaling.pool.data-source-properties.sslmode=verify-full",
				"scaling.pool.data-source-properties.sslrootcert=" + other.certificate()))
			.contains("PKIX", "Check that 'sslrootcert' is the certificate of the authority");
	}

	@Test
	void serverWithTheCertificateOfAnotherHostIsRefused(CapturedOutput output) {
		assertThat(failure(output, "scaling.pool.data-source-properties.sslmode=verify-full",
				"scaling.pool.data-source-properties.sslrootcert=" + certificate.certificate(),
				"scaling.replicas.none.url=jdbc:postgresql://localhost:1/none"))
			.contains("localhost could not be verified", "Use the host name that the server's certificate");
	}

	@Test
	void passwordChangesWhileTheApplicationRuns() throws Exception {
		credentials = Credentials.of("shop", "first");
		try (ConfigurableApplicationContext application = run(Rotating.class)) {
			awaitReplica(application);
			execute("ALTER ROLE shop PASSWORD 'second'");
			cluster.awaitReplication();
			credentials = Credentials.of("shop", "second");
			try {
				for (PostgresNode node : cluster.nodes()) {
					String monitor = process(node);
					query(node, "SELECT pg_terminate_backend(" + monitor + ")");
					await().atMost(Duration.ofSeconds(20))
						.untilAsserted(() -> assertThat(process(node)).isNotNull().isNotEqualTo(monitor));
				}
				await().atMost(Duration.ofSeconds(20)).until(() -> isUp(application));
				Pools.of(application.getBean(DataSource.class)).evict();
				for (int i = 0; i < 20; i++) {
					work(application);
				}
				awaitReplica(application);
			}
			finally {
				execute("ALTER ROLE shop PASSWORD 'first'");
				cluster.awaitReplication();
			}
		}
	}

	@Test
	void nodesAndTheMonitorMayHaveProvidersOfTheirOwn() throws Exception {
		credentials = Credentials.of("shop", "first");
		try (ConfigurableApplicationContext application = run(Qualified.class)) {
			awaitReplica(application);
			assertThat(query(cluster.replica(1), connections("shop_reader", true))).isNotEqualTo("0");
			assertThat(query(cluster.replica(1), connections("shop", true))).isEqualTo("0");
			assertThat(query(cluster.primary(), connections("shop", true))).isNotEqualTo("0");
			for (PostgresNode node : cluster.nodes()) {
				assertThat(query(node, connections("shop_monitor", true))).as(node.id()).isEqualTo("1");
			}
		}
	}

	@Test
	void severalProvidersHaveToBeDistinct() {
		assertThatException().isThrownBy(() -> run(Ambiguous.class).close())
			.havingRootCause()
			.withMessageContaining("first, second is for the node 'primary'")
			.withMessageContaining("@Qualifier(\"primary\")");
	}

	private static void awaitReplica(ConfigurableApplicationContext application) {
		await().atMost(Duration.ofSeconds(20)).until(() -> work(application));
	}

	/**
	 * Writes and reads, and tells whether a replica was read.
	 */
	private static boolean work(ConfigurableApplicationContext application) {
		JdbcTemplate jdbc = application.getBean(JdbcTemplate.class);
		TransactionTemplate transaction = new TransactionTemplate(
				application.getBean(PlatformTransactionManager.class));
		transaction.executeWithoutResult((status) -> jdbc.update("INSERT INTO purchase VALUES (1)"));
		transaction.setReadOnly(true);
		Boolean replica = ConsistencySession.open()
			.call(() -> transaction
				.execute((status) -> jdbc.queryForObject("SELECT pg_is_in_recovery()", Boolean.class)));
		return Boolean.TRUE.equals(replica);
	}

	private static boolean isUp(ConfigurableApplicationContext application) {
		return application.getBean(RoutingDataSource.class)
			.topology()
			.current()
			.nodes()
			.stream()
			.allMatch((status) -> status.state() == NodeState.UP);
	}

	private static ConfigurableApplicationContext run(Class<?> application, String... properties) {
		List<String> arguments = new ArrayList<>(Arrays.asList(properties));
		arguments.add("scaling.pool.data-source-properties.sslmode=verify-full");
		arguments.add("scaling.pool.data-source-properties.sslrootcert=" + certificate.certificate());
		arguments.add("scaling.primary.url=" + cluster.primary().jdbcUrl());
		arguments.add("scaling.replicas.replica-1.url=" + cluster.replica(1).jdbcUrl());
		ConfigurableApplicationContext context = start(application, arguments);
		await().atMost(Duration.ofSeconds(20)).until(() -> isUp(context));
		return context;
	}

	private static ConfigurableApplicationContext start(Class<?> application, List<String> arguments) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.run(arguments.stream().map((argument) -> "--" + argument).toArray(String[]::new));
	}

	private static String failure(CapturedOutput output, String... properties) {
		List<String> arguments = new ArrayList<>(Arrays.asList(properties));
		boolean otherHost = arguments.removeIf((argument) -> argument.startsWith("scaling.replicas.none"));
		String url = cluster.primary().jdbcUrl();
		arguments.add("scaling.primary.url=" + (otherHost ? url.replace("127.0.0.1", "localhost") : url));
		arguments.add("scaling.primary.username=shop");
		arguments.add("scaling.primary.password=first");
		arguments.add("scaling.replicas.replica-1.url=" + cluster.replica(1).jdbcUrl());
		assertThatException().isThrownBy(() -> start(Plain.class, arguments).close());
		String text = output.getAll();
		return text.substring(text.lastIndexOf("APPLICATION FAILED TO START"));
	}

	private static String connections(String user, boolean encrypted) {
		return "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '" + user
				+ "' AND ssl = " + encrypted;
	}

	/**
	 * The server's process for the connection of the monitor.
	 */
	private static String process(PostgresNode node) throws SQLException {
		return query(node, "SELECT max(pid) FROM pg_stat_activity WHERE application_name LIKE 'scaling-monitor-%'");
	}

	private static void execute(String sql) throws SQLException {
		try (Connection connection = cluster.primary().dataSource().getConnection()) {
			Jdbc.execute(connection, sql);
		}
	}

	private static String query(PostgresNode node, String sql) throws SQLException {
		try (Connection connection = node.dataSource().getConnection()) {
			return Jdbc.query(connection, sql);
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Plain {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Rotating {

		@Bean
		HikariCredentialsProvider credentials() {
			return () -> credentials;
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Qualified {

		@Bean
		HikariCredentialsProvider credentials() {
			return () -> credentials;
		}

		@Bean(defaultCandidate = false)
		@Qualifier("replica-1")
		HikariCredentialsProvider readerCredentials() {
			return () -> Credentials.of("shop_reader", "reading");
		}

		@Bean(defaultCandidate = false)
		@Qualifier("monitor")
		HikariCredentialsProvider monitorCredentials() {
			return () -> Credentials.of("shop_monitor", "watching");
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Ambiguous {

		@Bean
		HikariCredentialsProvider first() {
			return () -> credentials;
		}

		@Bean
		HikariCredentialsProvider second() {
			return () -> credentials;
		}

	}

}
