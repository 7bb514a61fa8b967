package dev.scaling.benchmarks.contender.shardingsphere;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.scaling.benchmarks.contender.Nodes;
import org.apache.shardingsphere.driver.api.yaml.YamlShardingSphereDataSourceFactory;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The {@code DataSource} of a YAML document with the URLs of the nodes.
 */
@Configuration(proxyBeanMethods = false)
class ShardingSphereConfiguration {

	private static final String DATA_SOURCE = """
			  %s:
			    dataSourceClassName: com.zaxxer.hikari.HikariDataSource
			    jdbcUrl: %s
			    username: %s
			    maximumPoolSize: %s
			    connectionTimeout: %s
			""";

	private static final String CLUSTER = """
			mode:
			  type: Standalone
			dataSources:
			%srules:
			- !READWRITE_SPLITTING
			  dataSourceGroups:
			    cluster:
			      writeDataSourceName: primary
			      readDataSourceNames: [%s]
			      loadBalancerName: random
			  loadBalancers:
			    random:
			      type: RANDOM
			- !SINGLE
			  tables: ["*.*.*"]
			props:
			  sql-show: false
			""";

	private static final String SHARDS = """
			mode:
			  type: Standalone
			dataSources:
			%srules:
			- !SHARDING
			  tables:
			    item:
			      actualDataNodes: shard_${0..%d}.item
			      databaseStrategy:
			        standard:
			          shardingColumn: id
			          shardingAlgorithmName: remainder
			  shardingAlgorithms:
			    remainder:
			      type: INLINE
			      props:
			        algorithm-expression: shard_${id %% %d}
			props:
			  sql-show: false
			""";

	@Bean
	DataSource dataSource(Nodes nodes, Environment environment) throws IOException, SQLException {
		String yaml = nodes.shards().isEmpty() ? cluster(nodes, environment) : shards(nodes, environment);
		return YamlShardingSphereDataSourceFactory.createDataSource(yaml.getBytes(StandardCharsets.UTF_8));
	}

	private static String cluster(Nodes nodes, Environment environment) {
		String replicas = IntStream.range(0, nodes.replicas().size())
			.mapToObj((index) -> dataSource("replica_" + index, nodes.replicas().get(index), nodes, environment))
			.collect(Collectors.joining());
		return CLUSTER.formatted(dataSource("primary", nodes.primary(), nodes, environment) + replicas,
				IntStream.range(0, nodes.replicas().size())
					.mapToObj((index) -> "replica_" + index)
					.collect(Collectors.joining(", ")));
	}

	private static String shards(Nodes nodes, Environment environment) {
		int shards = nodes.shards().size();
		return SHARDS.formatted(IntStream.range(0, shards)
			.mapToObj((index) -> dataSource("shard_" + index, nodes.shards().get(index), nodes, environment))
			.collect(Collectors.joining()), shards - 1, shards);
	}

	private static String dataSource(String name, String url, Nodes nodes, Environment environment) {
		return DATA_SOURCE.formatted(name, url, nodes.username(),
				environment.getProperty("spring.datasource.hikari.maximum-pool-size", "10"),
				environment.getProperty("spring.datasource.hikari.connection-timeout", "30000"));
	}

}
