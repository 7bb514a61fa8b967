package dev.scaling.topology;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * One PostgreSQL endpoint, reached directly or through a pooler.
 *
 * @param id the unique id, such as {@code replica-1} in the cluster {@code main}; also
 * the name of the node's pool
 * @param cluster the name of the cluster that the node belongs to
 * @param role the configured role; the one that the node has is {@link NodeStatus#role()}
 * @param url the JDBC URL without its parameters, or {@code null} if unknown
 * @param weight the share of reads relative to the other replicas, 1 or more
 * @param promotable whether writes follow when the node is promoted
 * @since 0.1.0
 */
public record Node(String id, String cluster, NodeRole role, @Nullable String url, int weight, boolean promotable) {

	/**
	 * Name of the cluster of an application without shards.
	 */
	public static final String MAIN_CLUSTER = "main";

	public Node {
		Assert.hasText(id, "'id' must not be empty");
		Assert.hasText(cluster, "'cluster' must not be empty");
		Assert.notNull(role, "'role' must not be null");
		Assert.isTrue(weight > 0, "'weight' must be positive");
		url = withoutParameters(url);
	}

	private static @Nullable String withoutParameters(@Nullable String url) {
		int parameters = (url != null) ? url.indexOf('?') : -1;
		return (url != null && parameters >= 0) ? url.substring(0, parameters) : url;
	}

	/**
	 * Whether the node is configured as the primary, whatever it is now.
	 * @return {@code true} for the configured primary
	 */
	public boolean isPrimary() {
		return this.role == NodeRole.PRIMARY;
	}

	@Override
	public String toString() {
		return this.id;
	}

}
