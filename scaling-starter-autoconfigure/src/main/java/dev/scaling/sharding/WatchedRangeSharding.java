package dev.scaling.sharding;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import dev.scaling.ShardingStrategy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Ranges that are watched for a hot spot: where keys grow with time, nearly all work is
 * done on the shard of the last range, and the other shards help nobody. A warning says
 * so, at most once an hour. Thread-safe, without a lock.
 *
 * @since 0.1.0
 */
public final class WatchedRangeSharding implements ShardingStrategy {

	private static final Log logger = LogFactory.getLog(WatchedRangeSharding.class);

	/**
	 * One in so many calls looks whether there is a hot spot.
	 */
	private static final int CHECK_INTERVAL = 1024;

	private static final Duration WARNING_INTERVAL = Duration.ofHours(1);

	private final String keyspace;

	private final RangeSharding ranges;

	private final HotSpotDetector detector;

	private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - WARNING_INTERVAL.toNanos());

	private volatile HotSpotDetector.@Nullable HotSpot hotSpot;

	private volatile long hotSpotTime;

	/**
	 * Creates a strategy.
	 * @param keyspace the name of the keyspace, for the warning
	 * @param ranges the ranges
	 */
	public WatchedRangeSharding(String keyspace, RangeSharding ranges) {
		this(keyspace, ranges, new HotSpotDetector(ranges.ranges()));
	}

	WatchedRangeSharding(String keyspace, RangeSharding ranges, HotSpotDetector detector) {
		this.keyspace = keyspace;
		this.ranges = ranges;
		this.detector = detector;
	}

	@Override
	public @Nullable String shardOf(Object key) {
		int range = this.ranges.rangeOf(key);
		if (range < 0) {
			return null;
		}
		this.detector.routed(range);
		if (ThreadLocalRandom.current().nextInt(CHECK_INTERVAL) == 0) {
			this.detector.check().ifPresent(this::warn);
		}
		return this.ranges.ranges().get(range).shard();
	}

	/**
	 * The hot spot that was seen last.
	 * @return the hot spot, or empty if there was none within the last hour
	 */
	public Optional<HotSpotDetector.HotSpot> hotSpot() {
		HotSpotDetector.HotSpot hotSpot = this.hotSpot;
		return (hotSpot != null && System.nanoTime() - this.hotSpotTime < WARNING_INTERVAL.toNanos())
				? Optional.of(hotSpot) : Optional.empty();
	}

	private void warn(HotSpotDetector.HotSpot hotSpot) {
		long now = System.nanoTime();
		this.hotSpotTime = now;
		this.hotSpot = hotSpot;
		long last = this.lastWarning.get();
		if (now - last >= WARNING_INTERVAL.toNanos() && this.lastWarning.compareAndSet(last, now)) {
			logger.warn("Keyspace '" + this.keyspace + "' has a hot spot: " + percent(hotSpot.share())
					+ " of the work of late (" + hotSpot.keys() + " of " + hotSpot.totalKeys()
					+ " keys) was for shard '" + hotSpot.range().shard() + "', which owns the last range, "
					+ hotSpot.range()
					+ ". Keys that grow with time leave the other shards idle: use the strategy hash or"
					+ " consistent-hash, or put another column first in the key");
		}
	}

	private static String percent(double share) {
		return String.format(Locale.ROOT, "%.0f %%", share * 100);
	}

}
