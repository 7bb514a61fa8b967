package dev.scaling.test;

import dev.scaling.autoconfigure.ScalingConnectionDetails;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AutoConfigurePostgresCluster}.
 */
@SpringBootTest
@AutoConfigurePostgresCluster(replicas = 1, database = "shop", parameters = "max_connections = 20")
class AutoConfigurePostgresClusterTests {

	@Autowired
	PostgresCluster cluster;

	@Autowired
	ScalingConnectionDetails connectionDetails;

	@Test
	void applicationIsLedToTheCluster() {
		assertThat(this.cluster.nodes()).hasSize(2);
		assertThat(this.connectionDetails.getPrimary().getJdbcUrl()).isEqualTo(this.cluster.primary().jdbcUrl())
			.endsWith("/shop");
		assertThat(this.connectionDetails.getPrimary().getUsername()).isEqualTo("postgres");
		assertThat(this.connectionDetails.getReplicas()).containsOnlyKeys("replica-1");
		assertThat(this.connectionDetails.getReplicas().get("replica-1").getJdbcUrl())
			.isEqualTo(this.cluster.replica(1).jdbcUrl());
	}

	@Test
	void clusterHasTheParameters() {
		assertThat(new JdbcTemplate(this.cluster.primary().dataSource()).queryForObject("SHOW max_connections",
				String.class))
			.isEqualTo("20");
	}

	@Configuration(proxyBeanMethods = false)
	static class TestApplication {

	}

}
