package dev.scaling.sharding;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import dev.scaling.ShardKeyException;
import dev.scaling.ShardKeyResolver;
import dev.scaling.ShardLocation;
import dev.scaling.ShardTarget;
import dev.scaling.ShardingStrategy;
import dev.scaling.routing.ShardRouting;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * All keyspaces: finds the shard that owns a key. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Keyspaces implements ShardRouting {

	private final Map<String, KeyspaceDefinition> keyspaces = new LinkedHashMap<>();

	private final Map<String, SingletonSupplier<ShardingStrategy>> strategies = new LinkedHashMap<>();

	private final Set<String> shards;

	private final SingletonSupplier<ShardKeyResolver> resolver;

	private final @Nullable KeyTraffic traffic;

	private final AtomicLong version = new AtomicLong();

	/**
	 * Creates the keyspaces.
	 * @param keyspaces the keyspaces
	 * @param shards the names of all shards
	 * @param resolver gives what resolves the key of a whole request, or {@code null}
	 */
	public Keyspaces(Collection<KeyspaceDefinition> keyspaces, Set<String> shards,
			Supplier<? extends @Nullable ShardKeyResolver> resolver) {
		this(keyspaces, shards, resolver, null);
	}

	/**
	 * Creates keyspaces whose work is looked at.
	 * @param keyspaces the keyspaces
	 * @param shards the names of all shards
	 * @param resolver gives what resolves the key of a whole request, or {@code null}
	 * @param traffic is told of the keys, or {@code null} if nobody wants to know
	 */
	public Keyspaces(Collection<KeyspaceDefinition> keyspaces, Set<String> shards,
			Supplier<? extends @Nullable ShardKeyResolver> resolver, @Nullable KeyTraffic traffic) {
		for (KeyspaceDefinition keyspace : keyspaces) {
			this.keyspaces.put(keyspace.name(), keyspace);
			this.strategies.put(keyspace.name(), SingletonSupplier.of(() -> keyspace.strategy().get()));
		}
		this.shards = Set.copyOf(shards);
		this.resolver = SingletonSupplier.ofNullable(resolver::get);
		this.traffic = traffic;
	}

	/**
	 * All keyspaces in the order of their configuration.
	 * @return the definitions
	 */
	public Collection<KeyspaceDefinition> all() {
		return List.copyOf(this.keyspaces.values());
	}

	/**
	 * Finds a keyspace.
	 * @param name the name, or {@code null} for the only keyspace
	 * @return the definition, never {@code null}
	 * @throws ShardKeyException if there is none of that name, or the name is missing
	 */
	public KeyspaceDefinition get(@Nullable String name) {
		if (name == null) {
			if (this.keyspaces.size() != 1) {
				throw new ShardKeyException("It is not clear to which keyspace the key belongs: there are "
						+ this.keyspaces.keySet() + ". Name one with @Keyspace or in the RoutingContext");
			}
			return this.keyspaces.values().iterator().next();
		}
		KeyspaceDefinition keyspace = this.keyspaces.get(name);
		if (keyspace == null) {
			throw new ShardKeyException("There is no keyspace '" + name + "': there are " + this.keyspaces.keySet()
					+ ". Correct the name, or add it under 'scaling.keyspaces'");
		}
		return keyspace;
	}

	/**
	 * Says that keys may have moved to other shards: what was located is located again.
	 */
	public void changed() {
		this.version.incrementAndGet();
	}

	@Override
	public long version() {
		return this.version.get();
	}

	@Override
	public @Nullable ShardTarget ambient() {
		ShardKeyResolver resolver = this.resolver.get();
		return (resolver != null) ? resolver.resolve() : null;
	}

	@Override
	public ShardLocation locate(ShardTarget target) {
		ShardLocation location = find(target);
		if (this.traffic != null && location.keyspace() != null && location.key() != null) {
			this.traffic.located(location.keyspace(), location.key(), location.shard());
		}
		return location;
	}

	/**
	 * Finds the shard of a target for which there is no work.
	 * @param target the key or the shard
	 * @return the location, never {@code null}
	 * @throws ShardKeyException if there is no such shard, or none that owns the key
	 */
	public ShardLocation find(ShardTarget target) {
		String shard = target.shard();
		if (shard != null) {
			if (!this.shards.contains(shard) && !shard.equals(Node.MAIN_CLUSTER)) {
				throw new ShardKeyException("There is no shard '" + shard + "': there are " + this.shards);
			}
			return new ShardLocation(shard, null, null);
		}
		Object key = target.key();
		if (key == null) {
			throw new ShardKeyException("The target names neither a key nor a shard");
		}
		KeyspaceDefinition keyspace = get(target.keyspace());
		return new ShardLocation(locate(keyspace, key), keyspace.name(), key);
	}

	@Override
	public void forget(String keyspace, String key) {
		SingletonSupplier<ShardingStrategy> strategy = this.strategies.get(keyspace);
		if (strategy != null) {
			strategy.obtain().forget(key);
			changed();
		}
	}

	@Override
	public boolean isMovable(String keyspace) {
		SingletonSupplier<ShardingStrategy> strategy = this.strategies.get(keyspace);
		return strategy != null && strategy.obtain() instanceof DirectorySharding;
	}

	private String locate(KeyspaceDefinition keyspace, Object key) {
		String shard;
		try {
			shard = strategy(keyspace).shardOf(key);
		}
		catch (IllegalArgumentException ex) {
			throw new ShardKeyException("Key " + key + " (" + key.getClass().getName() + ") of keyspace '"
					+ keyspace.name() + "' cannot be used: " + ex.getMessage(), ex);
		}
		if (shard == null) {
			throw new ShardKeyException("No shard owns key " + key + " (" + key.getClass().getSimpleName()
					+ ") of keyspace '" + keyspace.name() + "': " + keyspace.mapping());
		}
		if (keyspace.position(shard) < 0) {
			throw new ShardKeyException("The strategy of keyspace '" + keyspace.name() + "' says that shard '" + shard
					+ "' owns key " + key + ", but the keyspace has only the shards " + keyspace.shards());
		}
		return shard;
	}

	private ShardingStrategy strategy(KeyspaceDefinition keyspace) {
		SingletonSupplier<ShardingStrategy> strategy = this.strategies.get(keyspace.name());
		if (strategy == null) {
			throw new IllegalArgumentException("Keyspace '" + keyspace.name() + "' is unknown");
		}
		return strategy.obtain();
	}

}
