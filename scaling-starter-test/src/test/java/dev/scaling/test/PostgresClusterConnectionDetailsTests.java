package dev.scaling.test;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostgresClusterConnectionDetails}.
 */
class PostgresClusterConnectionDetailsTests {

	@Test
	void allNodesAreThere() {
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(1).cluster("shard-1", 1).start()) {
			PostgresClusterConnectionDetails details = new PostgresClusterConnectionDetails(cluster);
			assertThat(details.getPrimary().getJdbcUrl()).isEqualTo(cluster.primary().jdbcUrl());
			assertThat(details.getReplicas()).containsOnlyKeys("replica-1")
				.allSatisfy((name, node) -> assertThat(node.getJdbcUrl()).isEqualTo(cluster.replica(1).jdbcUrl()));
			PostgresCluster shard = cluster.cluster("shard-1");
			assertThat(details.getShards()).containsOnlyKeys("shard-1").allSatisfy((name, node) -> {
				assertThat(node.getPrimary().getJdbcUrl()).isEqualTo(shard.primary().jdbcUrl());
				assertThat(node.getReplicas()).containsOnlyKeys("replica-1")
					.allSatisfy(
							(id, replica) -> assertThat(replica.getJdbcUrl()).isEqualTo(shard.replica(1).jdbcUrl()));
			});
		}
	}

}
