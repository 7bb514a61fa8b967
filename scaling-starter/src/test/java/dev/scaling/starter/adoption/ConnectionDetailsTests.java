package dev.scaling.starter.adoption;

import java.util.LinkedHashMap;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.autoconfigure.ScalingConnectionDetails;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications whose coordinates come from elsewhere than {@code scaling}.
 */
class ConnectionDetailsTests {

	@Test
	void scalingConnectionDetailsNameAllNodes() {
		try (ConfigurableApplicationContext context = Applications.run(ScalingDetailsApplication.class, Map.of())) {
			assertThatReadsAndWritesAreSplit(context);
			assertThat(context.getBeansOfType(HikariDataSource.class)).containsOnlyKeys("primaryDataSource",
					"near-replicaDataSource");
		}
	}

	@Test
	void scalingConnectionDetailsTakePrecedenceOverProperties() {
		try (ConfigurableApplicationContext context = Applications.run(ScalingDetailsApplication.class,
				Map.of("scaling.primary.url", "jdbc:postgresql://127.0.0.1:1/nowhere", "scaling.replicas.nowhere.url",
						"jdbc:postgresql://127.0.0.1:2/nowhere", "scaling.replicas.near-replica.pool.maximum-pool-size",
						"3"))) {
			assertThatReadsAndWritesAreSplit(context);
			assertThat(context.getBeansOfType(HikariDataSource.class)).containsOnlyKeys("primaryDataSource",
					"near-replicaDataSource");
			assertThat(context.getBean("near-replicaDataSource", HikariDataSource.class).getMaximumPoolSize())
				.isEqualTo(3);
		}
	}

	@Test
	void jdbcConnectionDetailsNameThePrimary() {
		try (ConfigurableApplicationContext context = Applications.run(JdbcDetailsApplication.class,
				ConfiguredCluster.replicas())) {
			assertThatReadsAndWritesAreSplit(context);
		}
	}

	@Test
	void jdbcConnectionDetailsWinOverTheUrlOfThePrimary() {
		try (ConfigurableApplicationContext context = Applications.run(JdbcDetailsApplication.class,
				Map.of("scaling.primary.url", "jdbc:postgresql://127.0.0.1:1/production"))) {
			assertThat(context.getBean(HikariDataSource.class).getJdbcUrl())
				.isEqualTo(ConfiguredCluster.get().primary().jdbcUrl());
			assertThat(isReplica(context, true)).isFalse();
		}
	}

	@Test
	void dataSourcePropertiesNameThePrimary() {
		Map<String, Object> properties = new LinkedHashMap<>(ConfiguredCluster.replicas());
		properties.put("spring.datasource.url", ConfiguredCluster.get().primary().jdbcUrl());
		properties.put("spring.datasource.username", "postgres");
		properties.put("spring.datasource.connection-fetch", "lazy");
		try (ConfigurableApplicationContext context = Applications.run(PlainApplication.class, properties)) {
			assertThatReadsAndWritesAreSplit(context);
		}
	}

	@Test
	void dataSourceBeanOfTheApplicationIsThePrimarysPool() {
		try (ConfigurableApplicationContext context = Applications.run(OwnDataSourceApplication.class,
				ConfiguredCluster.replicas())) {
			assertThatReadsAndWritesAreSplit(context);
			HikariDataSource own = context.getBean("primaryDataSource", HikariDataSource.class);
			assertThat(own.getPoolName()).isEqualTo("of-the-shop");
			assertThat(own.getMaximumPoolSize()).isEqualTo(7);
		}
	}

	private static void assertThatReadsAndWritesAreSplit(ConfigurableApplicationContext context) {
		assertThat(context.getBean(DataSource.class)).isInstanceOf(RoutingDataSource.class);
		assertThat(isReplica(context, true)).isTrue();
		assertThat(isReplica(context, false)).isFalse();
	}

	private static boolean isReplica(ConfigurableApplicationContext context, boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		template.setReadOnly(readOnly);
		return Boolean.TRUE.equals(ConsistencySession.open()
			.call(() -> template.execute((status) -> context.getBean(JdbcClient.class)
				.sql("SELECT pg_is_in_recovery()")
				.query(Boolean.class)
				.single())));
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class PlainApplication {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class ScalingDetailsApplication {

		@Bean
		ScalingConnectionDetails scalingConnectionDetails() {
			return new ScalingConnectionDetails() {

				@Override
				public Node getPrimary() {
					return new ClusterNode(ConfiguredCluster.get().primary(), "postgres");
				}

				@Override
				public Map<String, Node> getReplicas() {
					return Map.of("near-replica", new ClusterNode(ConfiguredCluster.get().replica(1), null));
				}

			};
		}

	}

	record ClusterNode(PostgresNode node, String username) implements ScalingConnectionDetails.Node {

		@Override
		public String getJdbcUrl() {
			return this.node.jdbcUrl();
		}

		@Override
		public String getUsername() {
			return this.username;
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class JdbcDetailsApplication {

		@Bean
		JdbcConnectionDetails jdbcConnectionDetails() {
			return new JdbcConnectionDetails() {

				@Override
				public String getJdbcUrl() {
					return ConfiguredCluster.get().primary().jdbcUrl();
				}

				@Override
				public String getUsername() {
					return "postgres";
				}

				@Override
				public String getPassword() {
					return "";
				}

			};
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class OwnDataSourceApplication {

		@Bean
		HikariDataSource dataSource() {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setPoolName("of-the-shop");
			dataSource.setJdbcUrl(ConfiguredCluster.get().primary().jdbcUrl());
			dataSource.setUsername("postgres");
			dataSource.setMaximumPoolSize(7);
			return dataSource;
		}

	}

}
