package dev.scaling.autoconfigure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.scaling.ShardKeyResolver;
import dev.scaling.ShardingStrategy;
import dev.scaling.pool.ConnectionCheck;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.Keyspaces;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Makes the keyspaces of the configuration.
 */
final class KeyspaceFactory {

	private final ScalingProperties properties;

	private final BeanFactory beanFactory;

	private final ObjectProvider<ShardKeyResolver> resolver;

	private @Nullable Keyspaces keyspaces;

	KeyspaceFactory(ScalingProperties properties, BeanFactory beanFactory, ObjectProvider<ShardKeyResolver> resolver) {
		this.properties = properties;
		this.beanFactory = beanFactory;
		this.resolver = resolver;
	}

	/**
	 * Checks the configuration, and makes the keyspaces.
	 * @param shards the names of all shards
	 */
	void check(Set<String> shards) {
		List<KeyspaceDefinition> definitions = new ArrayList<>();
		this.properties.getKeyspaces().forEach((name, keyspace) -> definitions.add(definition(name, keyspace, shards)));
		this.keyspaces = new Keyspaces(definitions, shards, this.resolver::getIfAvailable);
	}

	Keyspaces keyspaces() {
		Keyspaces keyspaces = this.keyspaces;
		if (keyspaces == null) {
			throw new IllegalStateException("The DataSource has not been created yet");
		}
		return keyspaces;
	}

	/**
	 * What looks at new connections to a shard.
	 */
	ConnectionCheck check(String shard) {
		return ConnectionCheck.NONE;
	}

	private KeyspaceDefinition definition(String name, ScalingProperties.Keyspace keyspace, Set<String> shards) {
		String property = "scaling.keyspaces." + name;
		Set<String> seen = new HashSet<>();
		for (String shard : keyspace.getShards()) {
			if (!shards.contains(shard)) {
				throw invalid(property + ".shards", shard, "There is no such shard under 'scaling.shards': " + shards);
			}
			if (!seen.add(shard)) {
				throw invalid(property + ".shards", shard, "The shard is listed twice.");
			}
		}
		if (keyspace.getShards().isEmpty()) {
			throw invalid(property + ".shards", keyspace.getShards(), "A keyspace needs at least one shard.");
		}
		Supplier<ShardingStrategy> strategy = bean(property, keyspace);
		return new KeyspaceDefinition(name, keyspace.getShards(), keyspace.getStrategy(), strategy,
				Map.copyOf(keyspace.getTables()));
	}

	private Supplier<ShardingStrategy> bean(String property, ScalingProperties.Keyspace keyspace) {
		String name = keyspace.getStrategy();
		if (!this.beanFactory.containsBean(name)) {
			throw invalid(property + ".strategy", name,
					"It is hash, consistent-hash, range, directory, or the name of a ShardingStrategy bean.");
		}
		return () -> this.beanFactory.getBean(name, ShardingStrategy.class);
	}

	private static InvalidConfigurationPropertyValueException invalid(String property, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException(property, value, reason);
	}

}
