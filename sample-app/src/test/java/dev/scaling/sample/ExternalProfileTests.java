package dev.scaling.sample;

import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the profile {@code external}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExternalProfileTests extends AbstractSampleTests {

	@Test
	void usesCoordinatesOfTheEnvironmentAndStartsNoCluster(CapturedOutput output) {
		try (ConfigurableApplicationContext context = SpringApplication.from(SampleApplication::main)
			.withAdditionalProfiles("external")
			.run("--server.port=0", "--logging.level.dev.scaling.sample=info", "--PRIMARY_URL=" + url("primary"),
					"--REPLICA_1_URL=" + url("replica-1"), "--REPLICA_2_URL=" + url("replica-2"))
			.getApplicationContext()) {
			assertThat(context.getBeanProvider(PostgresCluster.class).stream()).isEmpty();
			assertThat(context.getBean(JdbcClient.class).sql("SELECT inet_server_port()").query(Integer.class).single())
				.isEqualTo(cluster().primary().port());
			assertThat(output).contains("curl -i").doesNotContain("loopback only", "/faults/");
		}
	}

	private String url(String node) {
		return cluster().node(node).jdbcUrl();
	}

}
