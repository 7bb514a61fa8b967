package dev.scaling.starter.consistency.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.consistency.Carrier;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingOptions.WhenAllLag;
import dev.scaling.routing.RoutingReason;
import dev.scaling.starter.documentation.Page;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the examples in {@code docs/consistency.md}: the Java is that of this
 * package, applications run with the YAML, and what the page promises is observed on
 * replicas that do not replay.
 */
class ConsistencyPageTests {

	private static final Page PAGE = Page.of("consistency.md");

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(2).extension();

	@BeforeEach
	void createTable() {
		JdbcTemplate jdbc = new JdbcTemplate(postgres.cluster().primary().dataSource());
		jdbc.execute("DROP TABLE IF EXISTS customer");
		jdbc.execute("CREATE TABLE customer (id bigint PRIMARY KEY, email text)");
		jdbc.execute("INSERT INTO customer VALUES (1, 'old'), (2, 'second')");
		postgres.cluster().awaitReplication();
	}

	@Test
	void javaIsCompiledAsItStandsThere() {
		assertThat(PAGE.blocks("java")).isNotEmpty()
			.containsExactlyInAnyOrderElementsOf(Page.snippets(ConsistencyPageTests.class));
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
				CustomerService customers = context.getBean(CustomerService.class);
				ConsistencySession.open().run(() -> {
					customers.changeEmail(1, "new");
					assertThat(customers.email(1)).isEqualTo("new");
				});
			});
	}

	@Test
	void defaultsAreThoseOfTheLibrary() {
		String yaml = PAGE.blocks("yaml").stream().filter((block) -> block.contains("token-ttl")).findAny().get();
		ScalingProperties properties = Page.bind(yaml, "scaling", ScalingProperties.class);
		assertThat(properties).usingRecursiveComparison().isEqualTo(new ScalingProperties());
		assertThat(PAGE.text())
			.contains(Arrays.stream(ConsistencyMode.values()).map(ConsistencyPageTests::name).toList())
			.contains(Arrays.stream(Carrier.values()).map(ConsistencyPageTests::name).toList())
			.contains(Arrays.stream(WhenAllLag.values()).map(ConsistencyPageTests::name).toList());
	}

	private static String name(Enum<?> value) {
		return value.name().toLowerCase();
	}

	@Test
	void sessionReadsItsWriteWhileOthersReadFromTheReplicas() {
		runner().run((context) -> {
			awaitReplicas(context);
			CustomerService customers = context.getBean(CustomerService.class);
			pauseReplay();
			ConsistencySession.open().run(() -> {
				customers.changeEmail(1, "new");
				assertThat(customers.email(1)).isEqualTo("new");
				assertThat(decisions(context, RoutingReason.SESSION_CONSISTENCY)).isOne();
				ConsistencySession.open().run(() -> assertThat(customers.email(1)).isEqualTo("old"));
				resumeReplay();
				long before = decisions(context, RoutingReason.READ_ONLY);
				await().pollInSameThread().until(() -> {
					assertThat(customers.email(1)).isEqualTo("new");
					return decisions(context, RoutingReason.READ_ONLY) > before;
				});
			});
		});
	}

	@Test
	void levelsGoWhereThePageSays() {
		runner().run((context) -> {
			awaitReplicas(context);
			CustomerService customers = context.getBean(CustomerService.class);
			CustomerReports reports = context.getBean(CustomerReports.class);
			pauseReplay();
			ConsistencySession.open().run(() -> {
				customers.changeEmail(1, "new");
				assertThat(reports.isTaken("new")).isTrue();
				assertThat(decisions(context, RoutingReason.STRONG_CONSISTENCY)).isOne();
				assertThat(reports.newsletter()).contains("old").doesNotContain("new");
				assertThat(reports.inContexts()).first().isEqualTo("new");
				await().pollInSameThread().until(() -> {
					assertThat(reports.size()).isEqualTo(2);
					return decisions(context, RoutingReason.BOUNDED_STALENESS) > 0;
				});
				assertThat(reports.inContexts()).containsOnly("new");
			});
		});
	}

	@Test
	void receiverOfAMessageReadsWhatItsSenderWrote() {
		runner().run((context) -> {
			awaitReplicas(context);
			CustomerMessages messages = context.getBean(CustomerMessages.class);
			pauseReplay();
			ConsistencySession.open().run(() -> messages.send(1, "new"));
			assertThat(ConsistencySession.open().call(messages::receive)).isEqualTo("new");
			assertThat(decisions(context, RoutingReason.SESSION_CONSISTENCY)).isOne();
		});
	}

	@Test
	void writeOfAnotherSystemIsSeenOnceItIsMarked() {
		runner().run((context) -> {
			awaitReplicas(context);
			CustomerService customers = context.getBean(CustomerService.class);
			JdbcTemplate legacySystem = new JdbcTemplate(postgres.cluster().primary().dataSource());
			pauseReplay();
			ConsistencySession.open().run(() -> {
				legacySystem.update("UPDATE customer SET email = 'unmarked' WHERE id = 1");
				assertThat(customers.email(1)).isEqualTo("old");
				assertThat(context.getBean(CustomerMessages.class)
					.afterOthers(() -> legacySystem.update("UPDATE customer SET email = 'marked' WHERE id = 1")))
					.isEqualTo("marked");
			});
		});
	}

	@Test
	void linksLeadToHeadings() throws IOException {
		Matcher link = Pattern.compile("\\]\\(([\\w./-]+\\.md)?(?:#([\\w-]+))?\\)").matcher(PAGE.text());
		while (link.find()) {
			Path target = (link.group(1) != null) ? PAGE.path().resolveSibling(link.group(1)) : PAGE.path();
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

	private static void pauseReplay() {
		postgres.cluster().replicas().forEach(PostgresNode::pauseReplay);
	}

	private static void resumeReplay() {
		postgres.cluster().replicas().forEach(PostgresNode::resumeReplay);
	}

	private static void awaitReplicas(AssertableApplicationContext context) {
		await().atMost(Duration.ofSeconds(20))
			.until(() -> context.getBean(RoutingDataSource.class)
				.topology()
				.current()
				.nodes()
				.stream()
				.allMatch((status) -> status.state() == NodeState.UP));
	}

	private static long decisions(AssertableApplicationContext context, RoutingReason reason) {
		return context.getBean(RoutingDataSource.class)
			.topology()
			.pools()
			.stream()
			.mapToLong((NodePool pool) -> pool.decisions(reason))
			.sum();
	}

	private static ApplicationContextRunner runner() {
		PostgresCluster cluster = postgres.cluster();
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withInitializer(new ConfigDataApplicationContextInitializer())
			.withUserConfiguration(Application.class)
			.withPropertyValues("scaling.primary.url=" + cluster.primary().jdbcUrl(),
					"scaling.primary.username=" + cluster.primary().username());
		for (PostgresNode replica : cluster.replicas()) {
			runner = runner.withPropertyValues("scaling.replicas." + replica.id() + ".url=" + replica.jdbcUrl());
		}
		return runner;
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import({ CustomerService.class, CustomerReports.class, CustomerMessages.class })
	static class Application {

	}

}
