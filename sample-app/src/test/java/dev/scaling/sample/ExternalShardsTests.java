package dev.scaling.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.scaling.Shards;
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
 * Tests for the profiles {@code shards} and {@code external} together.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExternalShardsTests extends AbstractShardTests {

	@Test
	void usesCoordinatesOfTheEnvironmentAndStartsNoCluster(CapturedOutput output) {
		List<String> arguments = new ArrayList<>(
				List.of("--server.port=0", "--logging.level.dev.scaling.sample=info", "--PRIMARY_URL=" + url("primary"),
						"--REPLICA_1_URL=" + url("replica-1"), "--REPLICA_2_URL=" + url("replica-2")));
		for (String shard : SHARDS) {
			String variable = shard.toUpperCase(Locale.ROOT).replace('-', '_');
			arguments.add("--" + variable + "_URL=" + url(shard + "/primary"));
			arguments.add("--" + variable + "_REPLICA_URL=" + url(shard + "/replica-1"));
		}
		try (ConfigurableApplicationContext context = SpringApplication.from(SampleApplication::main)
			.withAdditionalProfiles("external", "shards")
			.run(arguments.toArray(String[]::new))
			.getApplicationContext()) {
			assertThat(context.getBeanProvider(PostgresCluster.class).stream()).isEmpty();
			Shards shards = context.getBean(Shards.class);
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			for (String shard : SHARDS) {
				assertThat(
						shards.callOn(shard, () -> jdbc.sql("SELECT inet_server_port()").query(Integer.class).single()))
					.isEqualTo(cluster().cluster(shard).primary().port());
			}
			assertThat(output).contains("/users/42").doesNotContain("loopback only", "/faults/");
		}
	}

	private String url(String node) {
		return cluster().node(node).jdbcUrl();
	}

}
