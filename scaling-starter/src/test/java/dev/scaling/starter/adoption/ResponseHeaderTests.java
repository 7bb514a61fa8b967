package dev.scaling.starter.adoption;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the response header {@code Scaling-Route}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "scaling.routing.response-header=true", "scaling.routing.selector=round-robin",
				"scaling.consistency.mode=none" })
class ResponseHeaderTests {

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void configureNodes(DynamicPropertyRegistry registry) {
		ConfiguredCluster.register(registry);
	}

	@Test
	void nodesAreNamedInTheirOrder() {
		assertThat(route("write,read,write")).matches("primary, replica-[12], primary");
		assertThat(route("read,write")).matches("replica-[12], primary");
	}

	@Test
	void oneNodeSeveralTimesInARowIsNamedOnce() {
		assertThat(route("write,write,plain,write")).isEqualTo("primary");
	}

	@Test
	void nodesThatTakeTurnsAreAllNamed() {
		assertThat(route("read,read,read")).isIn("replica-1, replica-2, replica-1", "replica-2, replica-1, replica-2");
	}

	@Test
	void requestWithoutDatabaseHasNoHeader() {
		assertThat(route("nothing")).isNull();
	}

	@Test
	void routeSurvivesAnError() {
		Http.Answer answer = new Http(this.port).get("/do/write,fail");
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.headers().getFirst("Scaling-Route")).isEqualTo("primary");
	}

	@Test
	void headerIsAbsentWhenNobodyAsksForIt() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class, "server.port=0")) {
			int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
			Http.Answer answer = new Http(port).get("/do/write,read");
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.headers().containsHeader("Scaling-Route")).isFalse();
		}
	}

	private String route(String work) {
		Http.Answer answer = new Http(this.port).get("/do/" + work);
		assertThat(answer.status()).isEqualTo(200);
		return answer.headers().getFirst("Scaling-Route");
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	@Import(WorkController.class)
	static class Application {

	}

	@RestController
	static class WorkController {

		private final JdbcClient jdbc;

		private final TransactionTemplate write;

		private final TransactionTemplate read;

		WorkController(JdbcClient jdbc, PlatformTransactionManager transactionManager) {
			this.jdbc = jdbc;
			this.write = new TransactionTemplate(transactionManager);
			this.read = new TransactionTemplate(transactionManager);
			this.read.setReadOnly(true);
		}

		@GetMapping("/do/{work}")
		String work(@PathVariable String work) {
			Arrays.stream(work.split(",")).forEach(this::step);
			return "done";
		}

		private void step(String step) {
			switch (step) {
				case "write" -> this.write.executeWithoutResult((status) -> select());
				case "read" -> this.read.executeWithoutResult((status) -> select());
				case "plain" -> select();
				case "fail" -> throw new IllegalStateException("Asked to fail");
				default -> {
				}
			}
		}

		private void select() {
			this.jdbc.sql("SELECT 1").query(Integer.class).single();
		}

	}

}
