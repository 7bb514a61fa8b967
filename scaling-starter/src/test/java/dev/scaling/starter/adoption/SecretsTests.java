package dev.scaling.starter.adoption;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.PostgresCluster;
import dev.scaling.topology.NodeState;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Tests that an application tells neither passwords nor the values of parameters, however
 * much goes wrong.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTests {

	private static final String ACCESS = """
			host all postgres,postgres_cluster 127.0.0.1/32 trust
			host replication all 127.0.0.1/32 trust
			host all all 127.0.0.1/32 scram-sha-256
			""";

	private static final String PARAMETER = "parameter-5e2a91";

	/**
	 * Where nobody listens.
	 */
	private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/none";

	private static final Map<String, String> SECRETS = secrets();

	private static PostgresCluster cluster;

	private static ConfigurableApplicationContext application;

	private static Http http;

	/**
	 * What the application was told by exceptions of ours.
	 */
	private static final List<String> failures = new ArrayList<>();

	private static Map<String, String> secrets() {
		Map<String, String> secrets = new LinkedHashMap<>();
		for (String property : List.of("scaling.primary", "scaling.replicas.replica-1", "scaling.replicas.refused",
				"scaling.replicas.dead", "scaling.monitor", "scaling.pgbouncer.admin",
				"scaling.shards.shard-0.primary")) {
			secrets.put(property + ".password", "secret-" + Integer.toHexString(property.hashCode()));
		}
		return secrets;
	}

	@BeforeAll
	static void start(@TempDir Path directory) throws Exception {
		Path access = Files.writeString(directory.resolve("pg_hba.conf"), ACCESS);
		cluster = PostgresCluster.builder().replicas(2).parameter("hba_file", access.toString()).start();
		JdbcTemplate superuser = new JdbcTemplate(cluster.primary().dataSource());
		superuser.execute("CREATE ROLE shop LOGIN PASSWORD '" + SECRETS.get("scaling.primary.password") + "'");
		superuser
			.execute("CREATE ROLE reader LOGIN PASSWORD '" + SECRETS.get("scaling.replicas.replica-1.password") + "'");
		superuser.execute("CREATE ROLE watcher LOGIN PASSWORD '" + SECRETS.get("scaling.monitor.password")
				+ "' IN ROLE pg_monitor");
		superuser.execute("CREATE TABLE purchase (name text UNIQUE); GRANT ALL ON purchase TO shop, reader");
		cluster.awaitReplication();
		application = Applications.run(Application.class, properties(), "server.port=0",
				"management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always",
				"logging.level.dev.scaling=debug", "scaling.insight.slow-query.threshold=50ms",
				"scaling.pool.maximum-pool-size=2", "scaling.pool.connection-timeout=1s", "scaling.consistency.wait=1s",
				"scaling.keyspaces.users.shards=shard-0");
		http = new Http(Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port")));
		work();
	}

	private static Map<String, Object> properties() {
		Map<String, Object> properties = new LinkedHashMap<>(SECRETS);
		properties.put("scaling.primary.url", cluster.primary().jdbcUrl());
		properties.put("scaling.primary.username", "shop");
		properties.put("scaling.replicas.replica-1.url", cluster.replica(1).jdbcUrl());
		properties.put("scaling.replicas.replica-1.username", "reader");
		properties.put("scaling.replicas.refused.url", cluster.replica(2).jdbcUrl());
		properties.put("scaling.replicas.refused.username", "reader");
		properties.put("scaling.replicas.dead.url",
				NOWHERE + "?user=reader&password=" + SECRETS.get("scaling.replicas.dead.password"));
		properties.put("scaling.monitor.username", "watcher");
		properties.put("scaling.pgbouncer.admin.url",
				NOWHERE + "?password=" + SECRETS.get("scaling.pgbouncer.admin.password"));
		properties.put("scaling.pgbouncer.admin.username", "console");
		properties.put("scaling.pgbouncer.admin.interval", "100ms");
		properties.put("scaling.shards.shard-0.primary.url", NOWHERE);
		return properties;
	}

	/**
	 * All that may go wrong, goes wrong.
	 */
	private static void work() throws Exception {
		await().atMost(Duration.ofSeconds(20)).until(() -> state("replica-1") == NodeState.UP);
		await().atMost(Duration.ofSeconds(20)).until(() -> state("dead") == NodeState.UNREACHABLE);
		PgBouncerMonitor console = application.getBean(PgBouncerMonitor.class);
		await().atMost(Duration.ofSeconds(20)).until(() -> console.failure() != null);
		failures.add(console.failure());
		JdbcTemplate jdbc = application.getBean(JdbcTemplate.class);
		TransactionTemplate write = new TransactionTemplate(application.getBean(PlatformTransactionManager.class));
		TransactionTemplate read = new TransactionTemplate(application.getBean(PlatformTransactionManager.class));
		read.setReadOnly(true);
		String insert = "INSERT INTO purchase SELECT ?";
		write.executeWithoutResult((status) -> jdbc.update(insert, PARAMETER));
		for (int i = 0; i < 10; i++) {
			ConsistencySession.open()
				.call(() -> read
					.execute((status) -> jdbc.queryForList("SELECT * FROM purchase WHERE name = ?", PARAMETER)));
		}
		read.executeWithoutResult(
				(status) -> jdbc.queryForList("SELECT pg_sleep(0.1) FROM purchase WHERE name = ?", PARAMETER));
		// The server itself repeats the values in its messages.
		assertThat(catchThrowable(() -> write.executeWithoutResult((status) -> jdbc.update(insert, PARAMETER))))
			.hasStackTraceContaining(PARAMETER);
		assertThat(catchThrowable(() -> jdbc.queryForObject("SELECT ?::text::int", Integer.class, PARAMETER)))
			.hasStackTraceContaining(PARAMETER);
		fail(() -> write
			.executeWithoutResult((status) -> jdbc.queryForList("SELECT * FROM missing WHERE name = ?", PARAMETER)));
		fail(() -> read.executeWithoutResult((status) -> jdbc.update(insert, PARAMETER + "-other")));
		fail(() -> exhaust(write, jdbc, 3));
		HikariDataSource refused = application.getBean("refusedDataSource", HikariDataSource.class);
		fail(refused::getConnection);
		fail(application.getBean("deadDataSource", HikariDataSource.class)::getConnection);
		cluster.primary().kill();
		fail(() -> write.executeWithoutResult((status) -> jdbc.update(insert, PARAMETER + "-late")));
		await().atMost(Duration.ofSeconds(20)).until(() -> state("primary") == NodeState.UNREACHABLE);
	}

	/**
	 * Holds connections in transactions within each other until there is none left.
	 */
	private static void exhaust(TransactionTemplate transaction, JdbcTemplate jdbc, int depth) {
		TransactionTemplate another = new TransactionTemplate(transaction.getTransactionManager());
		another.setPropagationBehavior(TransactionTemplate.PROPAGATION_REQUIRES_NEW);
		another.executeWithoutResult((status) -> {
			jdbc.queryForList("SELECT 1 FROM purchase WHERE name = ?", PARAMETER);
			if (depth > 0) {
				exhaust(another, jdbc, depth - 1);
			}
		});
	}

	private static void fail(ThrowingCallable work) {
		Throwable failure = catchThrowable(work);
		assertThat(failure).isNotNull();
		StringWriter text = new StringWriter();
		failure.printStackTrace(new PrintWriter(text, true));
		failures.add(text.toString());
	}

	private static NodeState state(String node) {
		return application.getBean(RoutingDataSource.class).topology().current().node(node).orElseThrow().state();
	}

	@AfterAll
	static void stop() {
		if (application != null) {
			application.close();
		}
		if (cluster != null) {
			cluster.close();
		}
	}

	@Test
	void logsAndExceptionsTellNoSecrets(CapturedOutput output) {
		assertThat(output).contains("DEBUG", "dead").contains("SELECT pg_sleep(0.1)");
		assertThat(withoutSecrets(output.getAll())).doesNotContain(PARAMETER);
		assertThat(failures).hasSizeGreaterThan(6);
		failures.forEach((failure) -> assertThat(withoutSecrets(failure)).doesNotContain(PARAMETER));
	}

	@Test
	void endpointsTellNoSecrets() {
		List<String> paths = new ArrayList<>(
				List.of("scaling/main", "scaling/main/primary", "scaling/main/replica-1", "scaling/main/dead",
						"scaling/shard-0", "scaling/shard-0/primary", "scalingpgbouncer/ini", "scalingkeys/users/7"));
		Map<String, Map<String, Object>> links = http.get("/actuator").json("$._links");
		links.forEach((name, link) -> {
			if (Boolean.FALSE.equals(link.get("templated")) && !name.equals("heapdump")) {
				paths.add(String.valueOf(link.get("href")).replaceFirst(".*/actuator/?", ""));
			}
		});
		List<String> meters = http.get("/actuator/metrics").json("$.names");
		meters.stream()
			.filter((meter) -> meter.startsWith("scaling") || meter.contains("hikari"))
			.forEach((meter) -> paths.add("metrics/" + meter));
		assertThat(paths).contains("scaling", "scalingdecisions", "scalingbudget", "scalingpgbouncer", "health", "env",
				"configprops", "metrics/scaling.node.up");
		for (String path : paths) {
			Http.Answer answer = http.get("/actuator/" + path);
			assertThat(answer.status()).as(path).isIn(200, 404, 503);
			assertThat(withoutSecrets(answer.body())).as(path).doesNotContain(PARAMETER);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "scaling", "scaling/main", "scaling/main/primary", "scalingdecisions", "scalingbudget",
			"scalingpgbouncer", "scalingpgbouncer/ini", "scalingkeys/users/7" })
	void nothingCanBeChanged(String path) {
		for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE)) {
			RestClient.create("http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port"))
				.method(method)
				.uri("/actuator/" + path)
				.exchange((request, response) -> {
					assertThat(response.getStatusCode().is4xxClientError()).as(method + " " + path).isTrue();
					return true;
				});
		}
	}

	private static String withoutSecrets(String text) {
		assertThat(Stream.of(text.split("\n"))
			.filter((line) -> SECRETS.values().stream().anyMatch(line::contains))
			.toList()).isEmpty();
		return text;
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
