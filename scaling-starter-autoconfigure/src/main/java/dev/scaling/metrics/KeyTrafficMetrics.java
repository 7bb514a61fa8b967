package dev.scaling.metrics;

import java.util.function.Supplier;

import dev.scaling.metrics.ScalingMeters.KeyspaceTags;
import dev.scaling.metrics.ScalingMeters.ShardTags;
import dev.scaling.sharding.KeyTraffic;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.Keyspaces;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds the {@link ScalingMeters} of how the work of keyspaces spreads over shards and
 * keys. No key is a tag. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KeyTrafficMetrics implements MeterBinder {

	private final Supplier<Keyspaces> keyspaces;

	private final KeyTraffic traffic;

	/**
	 * Creates the metrics.
	 * @param keyspaces gives the keyspaces when meters are bound
	 * @param traffic what is known of their keys
	 */
	public KeyTrafficMetrics(Supplier<Keyspaces> keyspaces, KeyTraffic traffic) {
		this.keyspaces = keyspaces;
		this.traffic = traffic;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.keyspaces.get().all().forEach((keyspace) -> bind(registry, keyspace));
	}

	private void bind(MeterRegistry registry, KeyspaceDefinition keyspace) {
		String name = keyspace.name();
		Tags tags = Tags.of(KeyspaceTags.KEYSPACE.asString(), name);
		Gauge.builder(ScalingMeters.KEYSPACE_HOTTEST_SHARE.getName(), this.traffic, (traffic) -> hottest(traffic, name))
			.description("What the key with most work gets of all work of its keyspace")
			.tags(tags)
			.register(registry);
		for (String shard : keyspace.shards()) {
			Gauge
				.builder(ScalingMeters.KEYSPACE_SHARD_SHARE.getName(), this.traffic,
						(traffic) -> share(traffic, name, shard))
				.description("What a shard gets of all work of a keyspace")
				.tags(tags.and(ShardTags.SHARD.asString(), shard))
				.register(registry);
		}
	}

	private static double hottest(KeyTraffic traffic, String keyspace) {
		KeyTraffic.Shares shares = traffic.shares(keyspace);
		return (shares != null) ? shares.keys().get(0).share() : Double.NaN;
	}

	private static double share(KeyTraffic traffic, String keyspace, String shard) {
		KeyTraffic.Shares shares = traffic.shares(keyspace);
		return (shares != null) ? shares.shards().getOrDefault(shard, 0.0) : Double.NaN;
	}

}
