package dev.scaling.sharding;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

import org.springframework.util.Assert;

/**
 * Notices that nearly all new keys of a keyspace with ranges land on the shard of the
 * last range, as dates and ascending numbers do: that shard then takes all writes, and
 * the others only keep old rows. Lock-free and thread-safe; its size does not depend on
 * the keys.
 *
 * @since 0.1.0
 */
public final class HotSpotDetector {

	/**
	 * The share of new keys on one shard from which on it is a hot spot: {@value}.
	 */
	public static final double DEFAULT_SHARE = 0.9;

	/**
	 * How many new keys have to be seen in a period before it is judged: {@value}.
	 */
	public static final long DEFAULT_MINIMUM_KEYS = 1000;

	private final KeyRange last;

	private final boolean[] onLastShard;

	private final boolean severalShards;

	private final double share;

	private final long minimumKeys;

	private final LongAdder onLast = new LongAdder();

	private final LongAdder elsewhere = new LongAdder();

	/**
	 * Creates a detector with the defaults.
	 * @param ranges the ranges in the order of their keys, as
	 * {@link RangeSharding#ranges()} gives them
	 */
	public HotSpotDetector(List<KeyRange> ranges) {
		this(ranges, DEFAULT_SHARE, DEFAULT_MINIMUM_KEYS);
	}

	/**
	 * Creates a detector.
	 * @param ranges the ranges in the order of their keys, at least one
	 * @param share the share of the new keys on the last range's shard from which on it
	 * is a hot spot, above 0 and up to 1
	 * @param minimumKeys how many new keys have to be seen in a period before it is
	 * judged, 1 or more
	 */
	public HotSpotDetector(List<KeyRange> ranges, double share, long minimumKeys) {
		Assert.notEmpty(ranges, "There must be at least one range");
		Assert.isTrue(share > 0 && share <= 1, "'share' must be above 0 and up to 1");
		Assert.isTrue(minimumKeys >= 1, "'minimumKeys' must be 1 or more");
		this.last = ranges.get(ranges.size() - 1);
		this.onLastShard = new boolean[ranges.size()];
		boolean severalShards = false;
		for (int i = 0; i < this.onLastShard.length; i++) {
			this.onLastShard[i] = ranges.get(i).shard().equals(this.last.shard());
			severalShards |= !this.onLastShard[i];
		}
		this.severalShards = severalShards;
		this.share = share;
		this.minimumKeys = minimumKeys;
	}

	/**
	 * Counts a new key.
	 * @param rangeIndex the index of its range
	 */
	public void routed(int rangeIndex) {
		LongAdder keys = (this.onLastShard[rangeIndex]) ? this.onLast : this.elsewhere;
		keys.increment();
	}

	/**
	 * Judges the period since the last call, and begins another one. A period with too
	 * few keys is not judged and goes on. With one shard only, nothing is a hot spot.
	 * @return the hot spot, or empty if there is none
	 */
	public Optional<HotSpot> check() {
		if (this.onLast.sum() + this.elsewhere.sum() < this.minimumKeys) {
			return Optional.empty();
		}
		long keys = this.onLast.sumThenReset();
		long others = this.elsewhere.sumThenReset();
		HotSpot hotSpot = new HotSpot(this.last, keys, keys + others);
		return (this.severalShards && hotSpot.share() >= this.share) ? Optional.of(hotSpot) : Optional.empty();
	}

	/**
	 * A shard that takes nearly all new keys.
	 *
	 * @param range the last range
	 * @param keys how many new keys its shard got in the period
	 * @param totalKeys how many new keys all shards got
	 */
	public record HotSpot(KeyRange range, long keys, long totalKeys) {

		/**
		 * The share of the new keys that the shard of the range got.
		 * @return a number from 0 to 1
		 */
		public double share() {
			return (double) this.keys / this.totalKeys;
		}

	}

}
