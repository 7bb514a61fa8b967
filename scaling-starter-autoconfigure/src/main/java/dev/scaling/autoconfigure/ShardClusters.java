package dev.scaling.autoconfigure;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import dev.scaling.ShardOwnershipException;
import dev.scaling.pool.ConnectionCheck;
import dev.scaling.routing.ShardRouting;
import dev.scaling.sharding.Keyspaces;
import dev.scaling.sharding.ShardClaim;
import dev.scaling.sharding.ShardOwnership;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The shards of the configuration.
 */
final class ShardClusters {

	/**
	 * How long the sessions on a shard may take to end.
	 */
	private static final Duration PUBLICATION_TIMEOUT = Duration.ofSeconds(10);

	private final ScalingProperties properties;

	private final Map<String, ScalingConnectionDetails.Shard> details;

	private final KeyspaceFactory keyspaces;

	ShardClusters(ScalingProperties properties, @Nullable ScalingConnectionDetails details, KeyspaceFactory keyspaces) {
		this.properties = properties;
		this.details = new LinkedHashMap<>(
				((details != null) ? details : new PropertiesScalingConnectionDetails(properties)).getShards());
		this.keyspaces = keyspaces;
		this.details.keySet().forEach(ShardClusters::checkName);
		this.keyspaces.check(this.details.keySet());
	}

	private static void checkName(String name) {
		if (!NodePools.isName(name) || name.equals(Node.MAIN_CLUSTER)) {
			throw new InvalidConfigurationPropertyValueException("scaling.shards." + name, name,
					"The name of a shard consists of up to 63 letters, digits, '-', '_' and '.', and is not 'main'.");
		}
	}

	boolean isEmpty() {
		return this.details.isEmpty();
	}

	boolean contains(String cluster) {
		return this.details.containsKey(cluster);
	}

	/**
	 * The coordinates of the shards by name.
	 */
	Map<String, ScalingConnectionDetails.Shard> details() {
		return this.details;
	}

	ScalingConnectionDetails.@Nullable Node primary(String cluster) {
		ScalingConnectionDetails.Shard shard = this.details.get(cluster);
		return (shard != null) ? shard.getPrimary() : null;
	}

	Map<String, ScalingConnectionDetails.Node> replicas(String cluster) {
		ScalingConnectionDetails.Shard shard = this.details.get(cluster);
		return (shard != null) ? shard.getReplicas() : Map.of();
	}

	/**
	 * Settings of the pool of a shard's primary.
	 */
	ScalingProperties.Pool primaryPool(String cluster) {
		ScalingProperties.Shard shard = this.properties.getShards().get(cluster);
		return (shard != null) ? shard.getPrimary().getPool() : new ScalingProperties.Pool();
	}

	Map<String, ScalingProperties.Replica> replicaSettings(String cluster) {
		ScalingProperties.Shard shard = this.properties.getShards().get(cluster);
		return (shard != null) ? shard.getReplicas() : Map.of();
	}

	/**
	 * Tells the shards of changed keyspaces, if the application is asked to.
	 * @param pools makes connections to shards
	 */
	void publish(NodePools pools) {
		List<ShardClaim> claims = this.keyspaces.claimsToPublish();
		if (claims.isEmpty()) {
			return;
		}
		Map<String, DataSource> primaries = new LinkedHashMap<>();
		this.details.forEach((name, shard) -> primaries.put(name, pools.unpooled(name, shard.getPrimary())));
		for (ShardClaim claim : claims) {
			String property = "scaling.keyspaces." + claim.keyspace().name() + ".publish-epoch";
			try {
				ShardOwnership.publishIfHigher(claim, primaries, PUBLICATION_TIMEOUT);
			}
			catch (ShardOwnershipException ex) {
				throw new ScalingConfigurationException(ex.description(), ex.action(), ex);
			}
			catch (SQLException ex) {
				throw new ScalingConfigurationException(
						"Epoch " + claim.epoch() + " of keyspace '" + claim.keyspace().name()
								+ "' could not be published on all shards (property '" + property + "'): "
								+ ex.getMessage(),
						"Start the primaries of all shards, and start the application again: it goes on where it has"
								+ " stopped. Until then some shards refuse the instances of either epoch.",
						ex);
			}
		}
	}

	/**
	 * What looks at the connections to a cluster.
	 */
	ConnectionCheck check(String cluster) {
		return contains(cluster) ? this.keyspaces.check(cluster) : ConnectionCheck.NONE;
	}

	/**
	 * All keyspaces.
	 */
	Keyspaces keyspaces() {
		return this.keyspaces.keyspaces();
	}

	/**
	 * Tells which shard work belongs to, or {@code null} without shards.
	 */
	@Nullable ShardRouting routing() {
		return isEmpty() ? null : keyspaces();
	}

}
