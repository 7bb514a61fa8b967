package dev.scaling.test;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.autoconfigure.ScalingConnectionDetails;

/**
 * {@link ScalingConnectionDetails} that lead an application to a {@link PostgresCluster}
 * and the shards that were started with it. As a bean beside the cluster, it lets an
 * application run on embedded servers during development. Immutable and thread-safe.
 *
 * @since 0.1.0
 */
public final class PostgresClusterConnectionDetails implements ScalingConnectionDetails {

	private final PostgresCluster cluster;

	/**
	 * Creates the details.
	 * @param cluster the cluster, which has to run for as long as the application does
	 */
	public PostgresClusterConnectionDetails(PostgresCluster cluster) {
		this.cluster = cluster;
	}

	@Override
	public Node getPrimary() {
		return primary(this.cluster);
	}

	@Override
	public Map<String, Node> getReplicas() {
		return replicas(this.cluster);
	}

	@Override
	public Map<String, Shard> getShards() {
		Map<String, Shard> shards = new LinkedHashMap<>();
		this.cluster.clusters().forEach((name, shard) -> {
			if (shard != this.cluster) {
				shards.put(name, new ClusterShard(shard));
			}
		});
		return shards;
	}

	/**
	 * The first node is the one that was started as the primary.
	 */
	private static Node primary(PostgresCluster cluster) {
		return new ClusterNode(cluster.nodes().get(0));
	}

	private static Map<String, Node> replicas(PostgresCluster cluster) {
		Map<String, Node> replicas = new LinkedHashMap<>();
		cluster.nodes()
			.stream()
			.skip(1)
			.forEach((node) -> replicas.put(node.id().substring(node.id().indexOf('/') + 1), new ClusterNode(node)));
		return replicas;
	}

	/**
	 * {@link dev.scaling.autoconfigure.ScalingConnectionDetails.Shard} of a cluster.
	 */
	private record ClusterShard(PostgresCluster cluster) implements Shard {

		@Override
		public Node getPrimary() {
			return primary(this.cluster);
		}

		@Override
		public Map<String, Node> getReplicas() {
			return replicas(this.cluster);
		}

	}

	/**
	 * {@link dev.scaling.autoconfigure.ScalingConnectionDetails.Node} of a cluster.
	 */
	private record ClusterNode(PostgresNode node) implements Node {

		@Override
		public String getJdbcUrl() {
			return this.node.jdbcUrl();
		}

		@Override
		public String getUsername() {
			return this.node.username();
		}

		@Override
		public String getPassword() {
			return this.node.password();
		}

	}

}
