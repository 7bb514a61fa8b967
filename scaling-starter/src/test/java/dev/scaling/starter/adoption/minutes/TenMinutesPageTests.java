package dev.scaling.starter.adoption.minutes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that do what {@code docs/ten-minutes.md} says, step by step.
 */
class TenMinutesPageTests {

	private static final Path PAGE = Path.of("..", "docs", "ten-minutes.md");

	private static final String FOLDER = TenMinutesPageTests.class.getPackageName().replace('.', '/');

	private static final Path SOURCES = Path.of("src", "test", "java").resolve(FOLDER);

	private static PostgresCluster cluster;

	@BeforeAll
	static void startCluster() {
		cluster = PostgresCluster.builder().replicas(2).database("books").start();
	}

	@AfterAll
	static void closeCluster() {
		cluster.close();
	}

	@Test
	void javaIsCompiledAsItStandsThere() throws IOException {
		Pattern tagged = Pattern.compile("[\\t ]*// tag::(\\w+)\\[]\\n(.*?)[\\t ]*// end::\\1\\[]", Pattern.DOTALL);
		List<String> examples = new ArrayList<>();
		try (Stream<Path> files = Files.walk(SOURCES)) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".java"))
				.filter((path) -> !path.endsWith("TenMinutesPageTests.java"))
				.toList()) {
				tagged.matcher(Files.readString(file, StandardCharsets.UTF_8))
					.results()
					.forEach((result) -> examples.add(result.group(2).strip()));
			}
		}
		assertThat(blocks("java")).isNotEmpty().containsExactlyInAnyOrderElementsOf(examples);
	}

	@Test
	void yamlConfiguresTheStarter() throws IOException {
		ScalingProperties properties = Binder.get(environment())
			.bind("scaling", Bindable.of(ScalingProperties.class),
					new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
			.get();
		assertThat(properties.getReplicas()).containsOnlyKeys("replica-1", "replica-2");
	}

	@Test
	void eachStepShowsWhatThePageSays() throws IOException {
		try (ConfigurableApplicationContext context = run()) {
			RestClient client = RestClient
				.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
			cluster.awaitReplication();
			await().untilAsserted(() -> assertThat(route(get(client, ""))).startsWith("replica-"));
			ResponseEntity<String> written = client.post()
				.uri("/books")
				.contentType(MediaType.APPLICATION_JSON)
				.body("{\"title\": \"Emma\"}")
				.retrieve()
				.toEntity(String.class);
			assertThat(route(written)).isEqualTo("primary");
			String cookie = String.valueOf(written.getHeaders().getFirst(HttpHeaders.SET_COOKIE)).split(";")[0];
			assertThat(get(client, cookie).getBody()).contains("Emma");
			cluster.node("replica-1").kill();
			await().untilAsserted(() -> assertThat(node(client, "replica-1")).contains("\"unreachable\""));
			await().untilAsserted(() -> assertThat(route(get(client, ""))).isEqualTo("replica-2"));
			cluster.node("replica-2").kill();
			await().untilAsserted(() -> assertThat(node(client, "replica-2")).contains("\"unreachable\""));
			assertThat(route(get(client, ""))).isEqualTo("primary");
			cluster.repair();
			await().untilAsserted(() -> assertThat(route(get(client, ""))).startsWith("replica-"));
			assertThat(client.get().uri("/actuator/scaling").accept(MediaType.TEXT_HTML).retrieve().body(String.class))
				.startsWith("<!DOCTYPE html>");
		}
	}

	private static ResponseEntity<String> get(RestClient client, String cookie) {
		return client.get().uri("/books").header(HttpHeaders.COOKIE, cookie).retrieve().toEntity(String.class);
	}

	private static String route(ResponseEntity<String> response) {
		return String.valueOf(response.getHeaders().getFirst("Scaling-Route"));
	}

	private static String node(RestClient client, String node) {
		return String.valueOf(client.get().uri("/actuator/scaling/main/" + node).retrieve().body(String.class));
	}

	/**
	 * Starts the application with the YAML of the page; only the addresses, the user and
	 * the places of its own are those of this test.
	 */
	private static ConfigurableApplicationContext run() throws IOException {
		StandardEnvironment environment = environment();
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--DATABASE_PASSWORD=",
				"--spring.flyway.enabled=true", "--spring.flyway.locations=classpath:" + FOLDER,
				"--spring.datasource.url=" + cluster.primary().jdbcUrl(), "--spring.datasource.username=postgres"));
		for (PostgresNode replica : List.of(cluster.node("replica-1"), cluster.node("replica-2"))) {
			arguments.add("--scaling.replicas." + replica.id() + ".url=" + replica.jdbcUrl());
		}
		return new SpringApplicationBuilder(BooksApplication.class)
			.initializers((context) -> environment.getPropertySources()
				.stream()
				.filter((source) -> source.getName().startsWith("page"))
				.forEach((source) -> context.getEnvironment().getPropertySources().addLast(source)))
			.run(arguments.toArray(String[]::new));
	}

	private static StandardEnvironment environment() throws IOException {
		StandardEnvironment environment = new StandardEnvironment();
		List<String> yaml = blocks("yaml");
		for (int i = 0; i < yaml.size(); i++) {
			environment.getPropertySources()
				.addLast((EnumerablePropertySource<?>) new YamlPropertySourceLoader()
					.load("page " + i, new ByteArrayResource(yaml.get(i).getBytes(StandardCharsets.UTF_8)))
					.get(0));
		}
		return environment;
	}

	private static List<String> blocks(String language) throws IOException {
		return Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
			.matcher(Files.readString(PAGE, StandardCharsets.UTF_8))
			.results()
			.map((result) -> result.group(1).strip())
			.toList();
	}

}
