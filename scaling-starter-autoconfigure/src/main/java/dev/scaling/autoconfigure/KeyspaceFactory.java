package dev.scaling.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.scaling.ShardDirectory;
import dev.scaling.ShardKeyResolver;
import dev.scaling.ShardingStrategy;
import dev.scaling.pool.ConnectionCheck;
import dev.scaling.sharding.ConsistentHashSharding;
import dev.scaling.sharding.DirectorySharding;
import dev.scaling.sharding.HashFunction;
import dev.scaling.sharding.HashSharding;
import dev.scaling.sharding.KeyRange;
import dev.scaling.sharding.KeyTraffic;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.Keyspaces;
import dev.scaling.sharding.RangeSharding;
import dev.scaling.sharding.ShardClaim;
import dev.scaling.sharding.ShardKeyType;
import dev.scaling.sharding.ShardOwnership;
import dev.scaling.sharding.TypedSharding;
import dev.scaling.sharding.WatchedRangeSharding;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ClassUtils;

/**
 * Makes the keyspaces of the configuration.
 */
final class KeyspaceFactory implements DisposableBean {

	private final ScalingProperties properties;

	private final BeanFactory beanFactory;

	private final ObjectProvider<ShardKeyResolver> resolver;

	private final KeyspaceDirectories directories;

	private final List<ShardClaim> claims = new ArrayList<>();

	private final Map<String, WatchedRangeSharding> ranges = new LinkedHashMap<>();

	private @Nullable Keyspaces keyspaces;

	KeyspaceFactory(ScalingProperties properties, BeanFactory beanFactory, ObjectProvider<ShardKeyResolver> resolver) {
		this.properties = properties;
		this.beanFactory = beanFactory;
		this.resolver = resolver;
		this.directories = new KeyspaceDirectories(beanFactory, new Poolers(properties));
	}

	/**
	 * Checks the configuration, and makes the keyspaces.
	 * @param shards the names of all shards
	 */
	void check(Set<String> shards) {
		List<KeyspaceDefinition> definitions = new ArrayList<>();
		this.properties.getKeyspaces()
			.forEach((name, keyspace) -> definitions.add(claim(name, keyspace, shards).keyspace()));
		this.keyspaces = new Keyspaces(definitions, shards, this.resolver::getIfAvailable,
				this.beanFactory.getBeanProvider(KeyTraffic.class).getIfAvailable());
	}

	Keyspaces keyspaces() {
		Keyspaces keyspaces = this.keyspaces;
		if (keyspaces == null) {
			throw new IllegalStateException("The DataSource has not been created yet");
		}
		return keyspaces;
	}

	/**
	 * The keyspaces that the shards are to be told of.
	 */
	List<ShardClaim> claimsToPublish() {
		return this.claims.stream()
			.filter((claim) -> isPublished(this.properties.getKeyspaces().get(claim.keyspace().name())))
			.toList();
	}

	private static boolean isPublished(ScalingProperties.@Nullable Keyspace keyspace) {
		return keyspace != null && keyspace.isPublishEpoch();
	}

	/**
	 * What looks at new connections to a shard.
	 */
	ConnectionCheck check(String shard) {
		return new ShardOwnership(shard, this.claims);
	}

	private ShardClaim claim(String name, ScalingProperties.Keyspace keyspace, Set<String> shards) {
		if (keyspace.getEpoch() < 1) {
			throw invalid("scaling.keyspaces." + name + ".epoch", keyspace.getEpoch(), "The first epoch is 1.");
		}
		ShardClaim claim = new ShardClaim(definition(name, keyspace, shards), keyspace.getStrategy().equals("hash"),
				keyspace.getEpoch());
		this.claims.add(claim);
		return claim;
	}

	private KeyspaceDefinition definition(String name, ScalingProperties.Keyspace keyspace, Set<String> all) {
		String property = "scaling.keyspaces." + name;
		if (!NodePools.isName(name)) {
			throw invalid(property, name,
					"The name of a keyspace consists of up to 63 letters, digits, '-', '_' and '.'.");
		}
		List<String> shards = shards(property, keyspace, all);
		return switch (keyspace.getStrategy()) {
			case "hash" -> hash(name, property, keyspace, shards);
			case "consistent-hash" -> consistentHash(name, property, keyspace, shards);
			case "range" -> range(name, property, keyspace, shards);
			case "directory" -> directory(name, property, keyspace, shards);
			default -> new KeyspaceDefinition(name, shards, "strategy " + keyspace.getStrategy() + " over " + shards,
					bean(property, keyspace), keyspace.getTables());
		};
	}

	private static List<String> shards(String property, ScalingProperties.Keyspace keyspace, Set<String> all) {
		List<String> shards = keyspace.getShards();
		if (shards.isEmpty() && keyspace.getStrategy().equals("range")) {
			shards = keyspace.getRanges()
				.stream()
				.map(ScalingProperties.Range::getShard)
				.filter(Objects::nonNull)
				.distinct()
				.toList();
		}
		Set<String> seen = new HashSet<>();
		for (String shard : shards) {
			if (!all.contains(shard)) {
				throw invalid(property + ".shards", shard, "There is no such shard under 'scaling.shards': " + all);
			}
			if (!seen.add(shard)) {
				throw invalid(property + ".shards", shard, "The shard is listed twice.");
			}
		}
		if (shards.isEmpty()) {
			throw invalid(property + ".shards", shards, "A keyspace needs at least one shard.");
		}
		return shards;
	}

	private static KeyspaceDefinition hash(String name, String property, ScalingProperties.Keyspace keyspace,
			List<String> shards) {
		if (keyspace.getFunction() == HashFunction.POSTGRESQL) {
			requireType(property, keyspace, "The function postgresql has other hashes for 42 than for '42'");
		}
		return definition(name, keyspace, shards,
				"hash (" + keyspace.getFunction().name().toLowerCase(Locale.ROOT) + ") over " + shards,
				typed(keyspace, new HashSharding(keyspace.getFunction(), shards)));
	}

	private static ShardKeyType requireType(String property, ScalingProperties.Keyspace keyspace, String why) {
		ShardKeyType type = keyspace.getType();
		if (type == null) {
			throw new InvalidConfigurationPropertyValueException(property + ".type", null,
					why + ": say which type the keys have, one of "
							+ Arrays.toString(ShardKeyType.values()).toLowerCase(Locale.ROOT) + ".");
		}
		return type;
	}

	private KeyspaceDefinition directory(String name, String property, ScalingProperties.Keyspace keyspace,
			List<String> shards) {
		if (!ClassUtils.isPresent("com.github.benmanes.caffeine.cache.Cache", getClass().getClassLoader())) {
			throw invalid(property + ".strategy", "directory",
					"It remembers keys with Caffeine: add the dependency com.github.ben-manes.caffeine:caffeine.");
		}
		try {
			return this.directories.define(name, keyspace, shards, () -> keyspaces().changed());
		}
		catch (IllegalArgumentException ex) {
			throw invalid(property + ".directory", keyspace.getDirectory().getCluster(), ex.getMessage() + ".");
		}
	}

	/**
	 * The directory of a keyspace, or {@code null} if it has another strategy.
	 */
	@Nullable ShardDirectory directory(String keyspace) {
		return this.directories.find(keyspace);
	}

	/**
	 * What gives the directories in use, by keyspace.
	 */
	Map<String, Supplier<@Nullable DirectorySharding>> usedDirectories() {
		return this.directories.used();
	}

	/**
	 * The keyspaces with ranges, by their names.
	 */
	Map<String, WatchedRangeSharding> ranges() {
		return this.ranges;
	}

	@Override
	public void destroy() {
		this.directories.close();
	}

	static ShardingStrategy typed(ScalingProperties.Keyspace keyspace, ShardingStrategy strategy) {
		ShardKeyType type = keyspace.getType();
		return (type != null) ? new TypedSharding(type, strategy) : strategy;
	}

	private static KeyspaceDefinition consistentHash(String name, String property, ScalingProperties.Keyspace keyspace,
			List<String> shards) {
		Map<String, Double> weights = new LinkedHashMap<>();
		shards.forEach((shard) -> weights.put(shard, keyspace.getWeights().getOrDefault(shard, 1.0)));
		keyspace.getWeights().keySet().forEach((shard) -> {
			if (!weights.containsKey(shard)) {
				throw invalid(property + ".weights", shard, "The keyspace has no such shard: " + shards);
			}
		});
		try {
			return definition(name, keyspace, shards, "consistent hash over " + new TreeMap<>(weights),
					typed(keyspace, new ConsistentHashSharding(weights)));
		}
		catch (IllegalArgumentException ex) {
			throw invalid(property + ".weights", keyspace.getWeights(), ex.getMessage() + ".");
		}
	}

	private KeyspaceDefinition range(String name, String property, ScalingProperties.Keyspace keyspace,
			List<String> shards) {
		ShardKeyType type = requireType(property, keyspace, "Bounds are read by their type");
		List<KeyRange> ranges = new ArrayList<>();
		try {
			for (ScalingProperties.Range range : keyspace.getRanges()) {
				ranges.add(new KeyRange(Objects.requireNonNullElse(range.getName(), ""),
						Objects.requireNonNullElse(range.getShard(), ""), range.getFrom(), range.getTo()));
			}
			RangeSharding strategy = RangeSharding.of(type, ranges);
			checkOwners(property, ranges, shards);
			WatchedRangeSharding watched = new WatchedRangeSharding(name, strategy);
			this.ranges.put(name, watched);
			return definition(name, keyspace, shards,
					"ranges of type " + type.name().toLowerCase(Locale.ROOT) + ": " + describe(strategy), watched);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(property + ".ranges", ranges, ex.getMessage() + ".");
		}
	}

	private static void checkOwners(String property, List<KeyRange> ranges, List<String> shards) {
		for (KeyRange range : ranges) {
			if (!shards.contains(range.shard())) {
				throw invalid(property + ".ranges", range,
						"The keyspace has no shard '" + range.shard() + "': " + shards);
			}
		}
	}

	private static String describe(RangeSharding strategy) {
		return strategy.ranges()
			.stream()
			.map((range) -> range + " on " + range.shard())
			.collect(Collectors.joining(", "));
	}

	private static KeyspaceDefinition definition(String name, ScalingProperties.Keyspace keyspace, List<String> shards,
			String mapping, ShardingStrategy strategy) {
		return new KeyspaceDefinition(name, shards, mapping, () -> strategy, keyspace.getTables());
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
