package dev.scaling.starter.adoption;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a replica whose URL is a copy of the primary's.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecondNameTests {

	@Test
	void copyOfThePrimaryIsNamedAtTheStart(CapturedOutput output) {
		String url = ConfiguredCluster.get().node("primary").jdbcUrl();
		try (ConfigurableApplicationContext context = Applications.run(JdbcApplication.class,
				Map.of("spring.datasource.url", url, "spring.datasource.username", "postgres",
						"scaling.replicas.replica-1.url", url, "scaling.replicas.replica-2.url",
						ConfiguredCluster.get().node("replica-2").jdbcUrl()))) {
			assertThat(context.isActive()).isTrue();
		}
		assertThat(output).contains("Node replica-1 of cluster main leads to the same server as primary")
			.doesNotContain("Node replica-2 of cluster main leads");
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class JdbcApplication {

	}

}
