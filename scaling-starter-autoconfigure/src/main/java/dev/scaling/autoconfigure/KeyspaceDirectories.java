package dev.scaling.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.scaling.ShardDirectory;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.sharding.DefaultShardDirectory;
import dev.scaling.sharding.DirectoryOptions;
import dev.scaling.sharding.DirectorySharding;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.MoveOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * Makes the directories of the keyspaces that have one.
 */
final class KeyspaceDirectories {

	private final BeanFactory beanFactory;

	private final Poolers poolers;

	private final Map<String, SingletonSupplier<DirectorySharding>> strategies = new LinkedHashMap<>();

	private final Map<String, SingletonSupplier<ShardDirectory>> directories = new LinkedHashMap<>();

	private final Map<String, DirectorySharding> running = new ConcurrentHashMap<>();

	KeyspaceDirectories(BeanFactory beanFactory, Poolers poolers) {
		this.beanFactory = beanFactory;
		this.poolers = poolers;
	}

	/**
	 * Defines a keyspace with a directory, which is asked when the first key comes.
	 * @param changed is called after each change
	 */
	KeyspaceDefinition define(String name, ScalingProperties.Keyspace keyspace, List<String> shards, Runnable changed) {
		ScalingProperties.Directory settings = keyspace.getDirectory();
		if (settings.getPropagation() == DirectoryOptions.Propagation.NOTIFY) {
			this.poolers.checkNotifications("scaling.keyspaces." + name + ".directory.propagation",
					settings.getCluster());
		}
		DirectoryOptions options = new DirectoryOptions(settings.getUnknownKeys(), settings.getCacheSize(),
				settings.getPropagation(), settings.getPollInterval(), settings.getMaxAge(), settings.isAskWhenSilent(),
				settings.getTimeout());
		KeyspaceDefinition definition = new KeyspaceDefinition(name, shards,
				"directory in cluster " + settings.getCluster() + ", unknown keys "
						+ options.unknownKeys().name().toLowerCase(Locale.ROOT),
				() -> KeyspaceFactory.typed(keyspace, strategy(name)), keyspace.getTables());
		this.strategies.put(name, SingletonSupplier.of(() -> start(definition, settings, options, changed)));
		this.directories.put(name, SingletonSupplier
			.of(() -> new DefaultShardDirectory(definition, strategy(name), this::cluster, MoveOptions.defaults())));
		return definition;
	}

	private DirectorySharding start(KeyspaceDefinition definition, ScalingProperties.Directory settings,
			DirectoryOptions options, Runnable changed) {
		DirectorySharding sharding = new DirectorySharding(definition, () -> cluster(settings.getCluster()),
				heard(options, cluster(settings.getCluster())), null, sharedCache(settings), changed);
		this.running.put(definition.name(), sharding);
		return sharding;
	}

	/**
	 * Nobody can listen on a session that a pooler gives to others.
	 */
	private static DirectoryOptions heard(DirectoryOptions options, LiveTopology cluster) {
		boolean deaf = cluster.pools()
			.stream()
			.anyMatch((pool) -> pool.poolerMode().isShared() && pool.direct() == null);
		return (deaf && options.propagation() == DirectoryOptions.Propagation.AUTO)
				? new DirectoryOptions(options.unknownKeys(), options.cacheSize(), DirectoryOptions.Propagation.POLL,
						options.pollInterval(), options.maxAge(), options.askWhenSilent(), options.timeout())
				: options;
	}

	private DirectorySharding strategy(String name) {
		SingletonSupplier<DirectorySharding> strategy = this.strategies.get(name);
		if (strategy == null) {
			throw new IllegalArgumentException("Keyspace '" + name + "' has no directory");
		}
		return strategy.obtain();
	}

	private LiveTopology cluster(String name) {
		return this.beanFactory.getBean(Clusters.class)
			.find(name)
			.orElseThrow(() -> new IllegalStateException("There is no cluster '" + name + "'"));
	}

	private @Nullable Cache sharedCache(ScalingProperties.Directory settings) {
		String name = settings.getSharedCache();
		if (name == null) {
			return null;
		}
		Cache cache = this.beanFactory.getBean(CacheManager.class).getCache(name);
		if (cache == null) {
			throw new IllegalStateException("The CacheManager has no cache '" + name
					+ "', which is the 'shared-cache' of a" + " keyspace's directory");
		}
		return cache;
	}

	/**
	 * The directory of a keyspace.
	 * @param keyspace the name of the keyspace
	 * @return the directory, or {@code null} if it has another strategy
	 */
	@Nullable ShardDirectory find(String keyspace) {
		SingletonSupplier<ShardDirectory> directory = this.directories.get(keyspace);
		return (directory != null) ? directory.get() : null;
	}

	/**
	 * What gives the directory of each keyspace that has one, or {@code null} as long as
	 * nobody has used it.
	 */
	Map<String, Supplier<@Nullable DirectorySharding>> used() {
		Map<String, Supplier<@Nullable DirectorySharding>> used = new LinkedHashMap<>();
		this.strategies.keySet().forEach((name) -> used.put(name, () -> this.running.get(name)));
		return used;
	}

	void close() {
		this.running.values().forEach(DirectorySharding::close);
	}

}
