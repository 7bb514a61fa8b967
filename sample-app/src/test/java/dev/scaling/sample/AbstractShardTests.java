package dev.scaling.sample;

import java.util.List;

import dev.scaling.test.PostgresCluster;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base class for tests of the profile {@code shards}.
 */
@ActiveProfiles("shards")
public abstract class AbstractShardTests extends AbstractSampleTests {

	protected static final List<String> SHARDS = List.of("shard-0", "shard-1", "shard-2", "shard-3");

	/**
	 * The primary of a shard, past the application.
	 */
	protected final JdbcClient shard(String name) {
		return JdbcClient.create(cluster().cluster(name).primary().dataSource());
	}

	protected final void awaitReplication() {
		cluster().clusters().values().forEach(PostgresCluster::awaitReplication);
	}

	protected final void assertRoute(ResponseSpec response, String node) {
		assertThat(response.returnResult().getResponseHeaders().get("Scaling-Route")).containsExactly(node);
	}

}
