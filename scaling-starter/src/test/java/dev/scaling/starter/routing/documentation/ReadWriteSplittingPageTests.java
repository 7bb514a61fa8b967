package dev.scaling.starter.routing.documentation;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingReason;
import dev.scaling.starter.documentation.Page;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the examples in {@code docs/read-write-splitting.md}: the Java is that of
 * this package, and applications run with the YAML.
 */
class ReadWriteSplittingPageTests {

	private static final Page PAGE = Page.of("read-write-splitting.md");

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(2).extension();

	@BeforeAll
	static void createTable() {
		JdbcTemplate jdbc = new JdbcTemplate(postgres.cluster().primary().dataSource());
		jdbc.execute("CREATE TABLE profile (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, username text)");
		postgres.cluster().awaitReplication();
	}

	@Test
	void javaIsCompiledAsItStandsThere() {
		assertThat(PAGE.blocks("java")).isNotEmpty()
			.containsExactlyInAnyOrderElementsOf(Page.snippets(ReadWriteSplittingPageTests.class));
	}

	static List<String> yaml() {
		return PAGE.blocks("yaml");
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void applicationsRunWithTheYaml(String yaml) throws Exception {
		EnumerablePropertySource<?> source = Page.properties(yaml);
		Page.bind(yaml, "scaling", ScalingProperties.class);
		runner().withInitializer((context) -> context.getEnvironment().getPropertySources().addLast(source))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				awaitReplicas(context);
				context.getBean(ProfileService.class).findUsernames();
				assertThat(decisions(context, RoutingReason.READ_ONLY, "replica-")).isOne();
			});
	}

	@Test
	void defaultsAreThoseOfTheLibrary() {
		String yaml = PAGE.blocks("yaml")
			.stream()
			.filter((block) -> block.contains("write-in-read-only"))
			.findAny()
			.get();
		assertThat(Page.bind(yaml, "scaling", ScalingProperties.class).getRouting()).usingRecursiveComparison()
			.isEqualTo(new ScalingProperties().getRouting());
	}

	@Test
	void examplesGoWhereThePageSays() {
		runner().run((context) -> {
			awaitReplicas(context);
			inSession(() -> context.getBean(ProfileService.class).add("ada"));
			assertThat(decisions(context, RoutingReason.READ_WRITE, "primary")).isOne();
			postgres.cluster().awaitReplication();
			ProfileReports reports = context.getBean(ProfileReports.class);
			ProfileRepository repository = context.getBean(ProfileRepository.class);
			inSession(() -> {
				assertThat(context.getBean(ProfileService.class).findUsernames()).contains("ada");
				assertThat(reports.inTemplate()).isPositive();
				assertThat(repository.findByUsername("ada")).hasSize(1);
			});
			assertThat(decisions(context, RoutingReason.READ_ONLY, "replica-")).isEqualTo(3);
			assertThat(ConsistencySession.open().call(reports::inContexts)).contains("ada");
			assertThat(decisions(context, RoutingReason.EXPLICIT_READ, "replica-")).isOne();
			assertThat(decisions(context, RoutingReason.EXPLICIT_WRITE, "primary")).isOne();
			inSession(() -> repository.rename(repository.findByUsername("ada").get(0).id(), "grace"));
			assertThat(decisions(context, RoutingReason.READ_WRITE, "primary")).isEqualTo(2);
		});
	}

	@Test
	void sessionSeesWhatItHasAdded() {
		runner().run((context) -> {
			awaitReplicas(context);
			ProfileService profiles = context.getBean(ProfileService.class);
			postgres.cluster().replicas().forEach(PostgresNode::pauseReplay);
			inSession(() -> {
				profiles.add("lin");
				assertThat(profiles.findUsernames()).contains("lin");
			});
			inSession(() -> assertThat(profiles.findUsernames()).doesNotContain("lin"));
			assertThat(decisions(context, RoutingReason.SESSION_CONSISTENCY, "primary")).isOne();
		});
	}

	@Test
	void reasonsAreThoseOfTheLibrary() {
		String page = PAGE.text();
		List<String> reasons = page.substring(page.indexOf("<!-- reasons -->"))
			.lines()
			.dropWhile((line) -> !line.startsWith("|"))
			.takeWhile((line) -> line.startsWith("|"))
			.skip(2)
			.map((line) -> line.replaceAll("\\| `([\\w-]+)` \\|.*\\|(.*)\\|", "$1:$2")
				.replaceAll(" (the|a|that)? *", ""))
			.toList();
		assertThat(reasons).containsExactlyInAnyOrderElementsOf(Arrays.stream(RoutingReason.values())
			.map((reason) -> reason.tag() + ":"
					+ ((reason == RoutingReason.PINNED) ? "node" : reason.isReplica() ? "replica" : "primary"))
			.toList());
	}

	@Test
	void selectorChoosesTheReplica() {
		runner().withUserConfiguration(SelectorConfiguration.class).run((context) -> {
			awaitReplicas(context);
			List<NodePool> pools = context.getBean(RoutingDataSource.class).topology().pools();
			await().until(() -> pools.stream().allMatch((pool) -> pool.statistics().getIdleConnections() > 0));
			for (int i = 0; i < 10; i++) {
				context.getBean(ProfileService.class).findUsernames();
			}
			assertThat(decisions(context, RoutingReason.READ_ONLY, "replica-1")).isEqualTo(10);
		});
	}

	private static void inSession(Runnable work) {
		ConsistencySession.open().run(work);
	}

	private static void awaitReplicas(ConfigurableApplicationContext context) {
		await().atMost(Duration.ofSeconds(20))
			.until(() -> context.getBean(RoutingDataSource.class)
				.topology()
				.current()
				.nodes()
				.stream()
				.allMatch((status) -> status.state() == NodeState.UP));
	}

	private static long decisions(ConfigurableApplicationContext context, RoutingReason reason, String node) {
		return context.getBean(RoutingDataSource.class)
			.topology()
			.pools()
			.stream()
			.filter((pool) -> pool.node().id().startsWith(node))
			.mapToLong((pool) -> pool.decisions(reason))
			.sum();
	}

	private static ApplicationContextRunner runner() {
		PostgresNode primary = postgres.cluster().primary();
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withInitializer(new ConfigDataApplicationContextInitializer())
			.withUserConfiguration(Application.class)
			.withPropertyValues("spring.datasource.url=" + primary.jdbcUrl(),
					"spring.datasource.username=" + primary.username(),
					"spring.datasource.password=" + primary.password());
		for (PostgresNode replica : postgres.cluster().replicas()) {
			runner = runner.withPropertyValues("scaling.replicas." + replica.id() + ".url=" + replica.jdbcUrl());
		}
		return runner;
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import({ ProfileService.class, ProfileReports.class })
	static class Application {

	}

}
