package dev.scaling.starter.adoption.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.starter.adoption.ConfiguredCluster;
import dev.scaling.starter.documentation.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.http.HttpStatusCode;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/adopting.md}: the Java is that of this package,
 * applications run with the YAML, and the messages are the library's.
 */
class AdoptingPageTests {

	private static final Page PAGE = Page.of("adopting.md");

	private static final Path LIBRARY = Path.of("..", "scaling-starter-autoconfigure", "src", "main", "java");

	@Test
	void javaIsCompiledAsItStandsThere() {
		assertThat(PAGE.blocks("java")).isNotEmpty()
			.containsExactlyInAnyOrderElementsOf(Page.snippets(AdoptingPageTests.class));
	}

	static List<String> applicationYaml() {
		return PAGE.blocks("yaml").stream().filter((yaml) -> !yaml.contains("Probe:")).toList();
	}

	@ParameterizedTest
	@MethodSource("applicationYaml")
	void applicationRunsWithTheYaml(String yaml) throws IOException {
		EnumerablePropertySource<?> source = Page.properties(yaml);
		Page.bind(yaml, "scaling", ScalingProperties.class);
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE, source, PlainApplication.class)) {
			boolean enabled = !"false".equals(String.valueOf(source.getProperty("scaling.enabled")));
			assertThat(context.getBean(DataSource.class))
				.isInstanceOf(enabled ? RoutingDataSource.class : HikariDataSource.class);
			assertThat(readsFromReplica(context)).isEqualTo(enabled);
		}
	}

	@Test
	void poolsHaveTheSizesThatTheYamlSays() {
		EnumerablePropertySource<?> source = Page.properties(
				applicationYaml().stream().filter((yaml) -> yaml.contains("socketTimeout")).findFirst().orElseThrow());
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE, source, PlainApplication.class)) {
			assertThat(context.getBean("primaryDataSource", HikariDataSource.class).getMaximumPoolSize()).isEqualTo(20);
			assertThat(context.getBean("replica-1DataSource", HikariDataSource.class).getMaximumPoolSize())
				.isEqualTo(40);
			assertThat(context.getBean("primaryDataSource", HikariDataSource.class).getConnectionTimeout())
				.isEqualTo(3000);
		}
	}

	@Test
	void probesOfKubernetesAreAnswered() {
		EnumerablePropertySource<?> probes = Page.properties(
				PAGE.blocks("yaml").stream().filter((yaml) -> yaml.contains("Probe:")).findFirst().orElseThrow());
		EnumerablePropertySource<?> readiness = Page.properties(
				applicationYaml().stream().filter((yaml) -> yaml.contains("readinessState")).findFirst().orElseThrow());
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, readiness,
				PlainApplication.class)) {
			String server = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
			for (String probe : List.of("livenessProbe", "readinessProbe")) {
				HttpStatusCode status = RestClient.create(server)
					.get()
					.uri(String.valueOf(probes.getProperty(probe + ".httpGet.path")))
					.retrieve()
					.toBodilessEntity()
					.getStatusCode();
				assertThat(status.is2xxSuccessful()).as(probe).isTrue();
			}
		}
	}

	@Test
	void ownDataSourceIsThePoolOfThePrimary() throws IOException {
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE,
				Page.properties("shop.datasource.jdbc-url: " + ConfiguredCluster.get().primary().jdbcUrl()
						+ "\nshop.datasource.username: postgres\n"
						+ "shop.datasource.maximum-pool-size: 3\nscaling.replicas.replica-1.url: set\n"),
				OwnDataSourceConfiguration.class, PlainApplication.class)) {
			assertThat(context.getBean("primaryDataSource", HikariDataSource.class).getMaximumPoolSize()).isEqualTo(3);
			assertThat(readsFromReplica(context)).isTrue();
		}
	}

	@Test
	void secondDataSourceStaysUntouched() throws IOException {
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE,
				Page.properties("reporting.datasource.jdbc-url: " + ConfiguredCluster.get().primary().jdbcUrl()
						+ "\nreporting.datasource.username: postgres\n"),
				ReportingConfiguration.class, PlainApplication.class)) {
			assertThat(context.getBean("reportingDataSource")).isInstanceOf(HikariDataSource.class);
			assertThat(context.getBean("reportingJdbcClient", JdbcClient.class)
				.sql("SELECT pg_is_in_recovery()")
				.query(Boolean.class)
				.single()).isFalse();
			assertThat(readsFromReplica(context)).isTrue();
		}
	}

	@Test
	void registryNamesTheNodes() {
		RegistryConfiguration.DatabaseRegistry registry = new RegistryConfiguration.DatabaseRegistry() {

			@Override
			public String primary() {
				return "db-1:5432";
			}

			@Override
			public Map<String, String> replicas() {
				return Map.of("replica-1", "db-2:5432");
			}

		};
		var details = new RegistryConfiguration().scalingConnectionDetails(registry);
		assertThat(details.getPrimary().getJdbcUrl()).isEqualTo("jdbc:postgresql://db-1:5432/shop");
		assertThat(details.getReplicas().get("replica-1").getJdbcUrl()).isEqualTo("jdbc:postgresql://db-2:5432/shop");
	}

	@Test
	void tenantIsSetOnWhateverNodeServes() {
		try (ConfigurableApplicationContext context = run(WebApplicationType.NONE,
				new MapPropertySource("page", Map.of()), TenantConfiguration.class, PlainApplication.class)) {
			assertThat(context.getBean(DataSource.class)).isInstanceOf(TenantDataSource.class);
			TransactionTemplate read = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
			read.setReadOnly(true);
			for (String tenant : List.of("blue", "green")) {
				Tenant.use(tenant);
				String seen = ConsistencySession.open()
					.call(() -> read.execute((status) -> context.getBean(JdbcClient.class)
						.sql("SELECT current_setting('app.tenant') || pg_is_in_recovery()")
						.query(String.class)
						.single()));
				assertThat(seen).isEqualTo(tenant + "true");
			}
		}
		finally {
			Tenant.use("");
		}
	}

	@Test
	void messagesAreThoseOfTheLibrary() throws IOException {
		String library = String.join("\n", read(LIBRARY)).replaceAll("\"\\s*\\+\\s*\"", "");
		String table = PAGE.text().substring(PAGE.text().indexOf("## Troubleshooting"));
		List<String> messages = table.lines()
			.filter((line) -> line.startsWith("| `"))
			.map((line) -> line.split("`")[1])
			.flatMap((message) -> Stream.of(message.split("\\.\\.\\.")))
			.toList();
		assertThat(messages).hasSizeGreaterThan(10).allSatisfy((message) -> assertThat(library).contains(message));
	}

	@Test
	void linksLeadToHeadings() throws IOException {
		Matcher link = Pattern.compile("\\]\\(([\\w./-]+\\.md)(?:#([\\w-]+))?\\)").matcher(PAGE.text());
		while (link.find()) {
			Path target = PAGE.path().resolveSibling(link.group(1));
			assertThat(target).exists();
			if (link.group(2) != null) {
				assertThat(Files.readString(target, StandardCharsets.UTF_8)
					.lines()
					.filter((line) -> line.startsWith("#"))
					.map((line) -> line.replaceFirst("#+ ", "")
						.toLowerCase()
						.replaceAll("[^\\w -]", "")
						.replace(' ', '-')))
					.contains(link.group(2));
			}
		}
	}

	private static boolean readsFromReplica(ConfigurableApplicationContext context) throws IOException {
		TransactionTemplate read = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		read.setReadOnly(true);
		return Boolean.TRUE.equals(read.execute((status) -> context.getBean(JdbcClient.class)
			.sql("SELECT pg_is_in_recovery()")
			.query(Boolean.class)
			.single()));
	}

	/**
	 * Runs an application with the YAML of the page; only the addresses and names of
	 * users are those of the cluster.
	 */
	private static ConfigurableApplicationContext run(WebApplicationType type, EnumerablePropertySource<?> yaml,
			Class<?>... sources) {
		Map<String, Object> nodes = new LinkedHashMap<>(ConfiguredCluster.properties());
		List<String> names = List.of(yaml.getPropertyNames());
		if (names.stream().anyMatch((name) -> name.startsWith("spring.datasource.url"))) {
			nodes.put("spring.datasource.url", nodes.remove("scaling.primary.url"));
			nodes.put("spring.datasource.username", nodes.remove("scaling.primary.username"));
		}
		if (names.stream().anyMatch((name) -> name.startsWith("shop.datasource"))
				|| names.contains("scaling.enabled")) {
			Object url = nodes.remove("scaling.primary.url");
			if (names.contains("scaling.enabled")) {
				nodes.put("spring.datasource.url", url);
				nodes.put("spring.datasource.username", "postgres");
			}
		}
		names.stream()
			.filter((name) -> name.startsWith("scaling.replicas.") && name.endsWith(".username"))
			.forEach((name) -> nodes.put(name, "postgres"));
		nodes.put("DB_PASSWORD", "");
		nodes.put("DB_READER_PASSWORD", "");
		nodes.put("server.port", "0");
		return new SpringApplicationBuilder(sources).web(type)
			.initializers((context) -> context.getEnvironment().getPropertySources().addLast(yaml))
			.run(nodes.entrySet()
				.stream()
				.map((entry) -> "--" + entry.getKey() + "=" + entry.getValue())
				.toArray(String[]::new));
	}

	private static List<String> read(Path folder) throws IOException {
		List<String> sources = new ArrayList<>();
		try (Stream<Path> files = Files.walk(folder)) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".java"))
				.filter((path) -> !path.endsWith("AdoptingPageTests.java"))
				.toList()) {
				sources.add(Files.readString(file, StandardCharsets.UTF_8));
			}
		}
		return sources;
	}

	@Configuration(proxyBeanMethods = false)
	static class TenantConfiguration {

		@Bean
		static BeanPostProcessor tenantPostProcessor() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					return beanName.equals("dataSource") ? new TenantDataSource((DataSource) bean) : bean;
				}

			};
		}

	}

}
