package dev.scaling.test;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.autoconfigure.ScalingConnectionDetails;

/**
 * {@link ScalingConnectionDetails} of a {@link PostgresCluster}.
 */
class PostgresClusterConnectionDetails implements ScalingConnectionDetails {

	private final PostgresCluster cluster;

	PostgresClusterConnectionDetails(PostgresCluster cluster) {
		this.cluster = cluster;
	}

	@Override
	public Node getPrimary() {
		return new ClusterNode(this.cluster.node("primary"));
	}

	@Override
	public Map<String, Node> getReplicas() {
		Map<String, Node> replicas = new LinkedHashMap<>();
		this.cluster.nodes().stream().skip(1).forEach((node) -> replicas.put(node.id(), new ClusterNode(node)));
		return replicas;
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
