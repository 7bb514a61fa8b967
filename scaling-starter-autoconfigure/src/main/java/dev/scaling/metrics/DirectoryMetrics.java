package dev.scaling.metrics;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import dev.scaling.metrics.ScalingMeters.KeyspaceTags;
import dev.scaling.metrics.ScalingMeters.LookupTags;
import dev.scaling.sharding.DirectorySharding;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Binds the {@link ScalingMeters} of the directories of keyspaces. Thread-safe.
 *
 * @since 0.1.0
 */
public final class DirectoryMetrics implements MeterBinder {

	private final Supplier<Map<String, Supplier<@Nullable DirectorySharding>>> directories;

	/**
	 * Creates the metrics.
	 * @param directories gives, when meters are bound, what gives the directory of each
	 * keyspace that has one, or {@code null} as long as nobody has used it
	 */
	public DirectoryMetrics(Supplier<Map<String, Supplier<@Nullable DirectorySharding>>> directories) {
		this.directories = directories;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.directories.get().forEach((keyspace, directory) -> bind(registry, keyspace, directory));
	}

	private void bind(MeterRegistry registry, String keyspace, Supplier<@Nullable DirectorySharding> directory) {
		Tags tags = Tags.of(KeyspaceTags.KEYSPACE.asString(), keyspace);
		String result = LookupTags.RESULT.asString();
		bind(registry, ScalingMeters.DIRECTORY_LOOKUPS, "How often the shard of a key was looked up",
				tags.and(result, "hit"), directory, DirectorySharding::hits);
		bind(registry, ScalingMeters.DIRECTORY_LOOKUPS, "How often the shard of a key was looked up",
				tags.and(result, "miss"), directory, DirectorySharding::misses);
		bind(registry, ScalingMeters.DIRECTORY_EVICTIONS, "Remembered keys that were thrown out for others", tags,
				directory, DirectorySharding::evictions);
		bind(registry, ScalingMeters.DIRECTORY_CHANGES, "Changes of the directory that were heard", tags, directory,
				DirectorySharding::changes);
		Gauge
			.builder(ScalingMeters.DIRECTORY_SIZE.getName(), this,
					(metrics) -> value(directory, DirectorySharding::size, 0))
			.description("Keys that are remembered")
			.baseUnit(ScalingMeters.DIRECTORY_SIZE.getBaseUnit())
			.tags(tags)
			.register(registry);
		TimeGauge
			.builder(ScalingMeters.DIRECTORY_SILENCE.getName(), this, TimeUnit.NANOSECONDS,
					(metrics) -> value(directory, DirectoryMetrics::silence, Double.NaN))
			.description("How long ago the directory has answered")
			.tags(tags)
			.register(registry);
	}

	private void bind(MeterRegistry registry, ScalingMeters meter, String description, Tags tags,
			Supplier<@Nullable DirectorySharding> directory, ToDoubleFunction<DirectorySharding> count) {
		FunctionCounter.builder(meter.getName(), this, (metrics) -> value(directory, count, 0))
			.description(description)
			.baseUnit(meter.getBaseUnit())
			.tags(tags)
			.register(registry);
	}

	private static double silence(DirectorySharding directory) {
		return directory.isStarted() ? directory.silence().toNanos() : Double.NaN;
	}

	private static double value(Supplier<@Nullable DirectorySharding> directory,
			ToDoubleFunction<DirectorySharding> value, double unused) {
		DirectorySharding used = directory.get();
		return (used != null) ? value.applyAsDouble(used) : unused;
	}

}
