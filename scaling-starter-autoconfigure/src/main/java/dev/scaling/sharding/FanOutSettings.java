package dev.scaling.sharding;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How work on many shards runs.
 *
 * @param shards the names of the shards in their order
 * @param timeout the time that all of it may take
 * @param concurrency the number of shards at the same time
 * @param failures takes the failures of a partial result, or {@code null} if the result
 * has to be complete
 */
record FanOutSettings(List<String> shards, Duration timeout, int concurrency,
		@Nullable BiConsumer<? super String, ? super Throwable> failures) {

	FanOutSettings {
		shards = shards.stream().distinct().toList();
		Assert.isTrue(timeout.compareTo(Duration.ZERO) > 0, "'timeout' must be positive");
		Assert.isTrue(concurrency > 0, "'concurrency' must be positive");
	}

	FanOutSettings withShards(Collection<String> shards) {
		for (String shard : shards) {
			Assert.isTrue(this.shards.contains(shard), () -> "There is no shard '" + shard + "' among " + this.shards);
		}
		return new FanOutSettings(this.shards.stream().filter(shards::contains).toList(), this.timeout,
				this.concurrency, this.failures);
	}

	FanOutSettings withTimeout(Duration timeout) {
		Assert.notNull(timeout, "'timeout' must not be null");
		return new FanOutSettings(this.shards, timeout, this.concurrency, this.failures);
	}

	FanOutSettings withConcurrency(int concurrency) {
		return new FanOutSettings(this.shards, this.timeout, concurrency, this.failures);
	}

	FanOutSettings partial(BiConsumer<? super String, ? super Throwable> failures) {
		Assert.notNull(failures, "'failures' must not be null");
		return new FanOutSettings(this.shards, this.timeout, this.concurrency, failures);
	}

	boolean isPartial() {
		return this.failures != null;
	}

	long timeoutNanos() {
		return TimeUnit.NANOSECONDS.convert(this.timeout);
	}

	void report(Map<String, Throwable> errors) {
		if (this.failures != null) {
			errors.forEach(this.failures);
		}
	}

}
