package dev.scaling.starter.adoption;

import java.nio.file.Files;
import java.nio.file.Path;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.routing.RoutingDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.postgresql.PostgreSQLContainer;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServiceConnection @ServiceConnection}, whose container is the primary.
 * A second database in the place of the replica tells where a read has gone.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@DirtiesContext
@EnabledIf(value = "hasContainerEngine", disabledReason = "No container engine: DOCKER_HOST is not set")
class ServiceConnectionTests {

	@ServiceConnection
	private static final PostgreSQLContainer container = new PostgreSQLContainer("postgres:18")
		.withDatabaseName("shop");

	@Autowired
	private DataSource dataSource;

	@Autowired
	@Qualifier("primary")
	private HikariDataSource primary;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private PlatformTransactionManager transactionManager;

	static boolean hasContainerEngine() {
		return System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
	}

	@DynamicPropertySource
	static void startContainer(DynamicPropertyRegistry registry) {
		container.start();
		registry.add("scaling.replicas.replica-1.url",
				() -> "jdbc:postgresql://" + container.getHost() + ":" + container.getFirstMappedPort() + "/postgres");
	}

	@AfterAll
	static void stopContainer() {
		container.stop();
	}

	@Test
	void containerIsThePrimary() {
		assertThat(this.dataSource).isInstanceOf(RoutingDataSource.class);
		assertThat(database(false)).isEqualTo("shop");
	}

	/**
	 * The second database of the container is no standby: it would show other data.
	 */
	@Test
	void nodeThatFollowsNobodyTakesNoReads() {
		assertThat(database(true)).isEqualTo("shop");
	}

	@Test
	void replicasInheritTheCredentialsOfTheContainer(@Autowired @Qualifier("replica-1") HikariDataSource replica) {
		assertThat(JdbcClient.create(replica).sql("SELECT current_database()").query(String.class).single())
			.isEqualTo("postgres");
		assertThat(replica.getUsername()).isEqualTo(container.getUsername());
		assertThat(replica.getPassword()).isEqualTo(container.getPassword());
		assertThat(this.primary.getUsername()).isEqualTo(container.getUsername());
	}

	private String database(boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(this.transactionManager);
		template.setReadOnly(readOnly);
		return template.execute((status) -> this.jdbc.sql("SELECT current_database()").query(String.class).single());
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class Application {

	}

}
