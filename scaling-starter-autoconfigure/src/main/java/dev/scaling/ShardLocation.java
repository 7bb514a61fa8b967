package dev.scaling;

import org.jspecify.annotations.Nullable;

/**
 * Where work runs that has asked for a key or a shard.
 *
 * @param shard the name of the shard, which is that of its cluster
 * @param keyspace the keyspace of the key, or {@code null} if the shard was named
 * @param key the key, or {@code null} if the shard was named
 * @since 0.1.0
 */
public record ShardLocation(String shard, @Nullable String keyspace, @Nullable Object key) {

	@Override
	public String toString() {
		return (this.key != null) ? this.shard + " (owner of key " + this.key + " of keyspace " + this.keyspace + ")"
				: this.shard;
	}

}
