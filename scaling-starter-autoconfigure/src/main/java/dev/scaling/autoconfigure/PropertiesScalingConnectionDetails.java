package dev.scaling.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Adapts {@link ScalingProperties} to {@link ScalingConnectionDetails}.
 */
final class PropertiesScalingConnectionDetails implements ScalingConnectionDetails {

	private final ScalingProperties properties;

	PropertiesScalingConnectionDetails(ScalingProperties properties) {
		this.properties = properties;
	}

	@Override
	public Node getPrimary() {
		return new PropertiesNode(this.properties.getPrimary());
	}

	@Override
	public Map<String, Node> getReplicas() {
		return nodes(this.properties.getReplicas());
	}

	private static Map<String, Node> nodes(Map<String, ScalingProperties.Replica> replicas) {
		Map<String, Node> nodes = new LinkedHashMap<>();
		replicas.forEach((name, replica) -> nodes.put(name, new PropertiesNode(replica)));
		return nodes;
	}

	@Override
	public Map<String, Shard> getShards() {
		Map<String, Shard> shards = new LinkedHashMap<>();
		this.properties.getShards().forEach((name, shard) -> shards.put(name, new PropertiesShard(shard)));
		return shards;
	}

	private record PropertiesShard(ScalingProperties.Shard properties) implements Shard {

		@Override
		public Node getPrimary() {
			return new PropertiesNode(this.properties.getPrimary());
		}

		@Override
		public Map<String, Node> getReplicas() {
			return nodes(this.properties.getReplicas());
		}

	}

	private record PropertiesNode(ScalingProperties.Node properties) implements Node {

		@Override
		public String getJdbcUrl() {
			String url = this.properties.getUrl();
			Assert.state(url != null, "'url' must not be null");
			return url;
		}

		@Override
		public @Nullable String getMonitorUrl() {
			return this.properties.getMonitorUrl();
		}

		@Override
		public @Nullable String getUsername() {
			return this.properties.getUsername();
		}

		@Override
		public @Nullable String getPassword() {
			return this.properties.getPassword();
		}

	}

}
