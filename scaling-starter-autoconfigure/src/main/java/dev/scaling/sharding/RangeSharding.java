package dev.scaling.sharding;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.scaling.ShardingStrategy;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Maps contiguous ranges of keys to shards. Nobody owns a key below the first range or
 * above the last one, unless that has no bound there. Immutable and thread-safe.
 *
 * @since 0.1.0
 * @see HotSpotDetector
 */
public final class RangeSharding implements ShardingStrategy {

	private final ShardKeyType type;

	private final List<KeyRange> ranges;

	/**
	 * The lower bounds of all ranges but the first.
	 */
	private final Object[] bounds;

	private final @Nullable Object lower;

	private final @Nullable Object upper;

	private RangeSharding(ShardKeyType type, List<BoundedRange> sorted) {
		this.type = type;
		this.ranges = sorted.stream().map(BoundedRange::range).toList();
		this.bounds = sorted.stream().skip(1).map(BoundedRange::from).toArray();
		this.lower = sorted.get(0).from();
		this.upper = sorted.get(sorted.size() - 1).to();
	}

	/**
	 * Creates a strategy. Each range has to begin where another one ends; their order in
	 * the list has no meaning.
	 * @param type the type of the keys, and so of the bounds
	 * @param ranges the ranges, at least one
	 * @return the strategy, never {@code null}
	 * @throws IllegalArgumentException if there is no range, two have the same name, a
	 * bound is not of the type, a range is empty, or there is a gap between two ranges or
	 * an overlap of them; the message names the ranges and their bounds
	 */
	public static RangeSharding of(ShardKeyType type, List<KeyRange> ranges) {
		Assert.notNull(type, "'type' must not be null");
		Assert.notEmpty(ranges, "There must be at least one range");
		Set<String> names = new HashSet<>();
		List<BoundedRange> sorted = new ArrayList<>();
		for (KeyRange range : ranges) {
			Assert.isTrue(names.add(range.name()), () -> "Two ranges have the name '" + range.name() + "'");
			sorted.add(bounded(type, range));
		}
		sorted.sort((first, second) -> compareFrom(type, first, second));
		for (int i = 1; i < sorted.size(); i++) {
			checkContiguous(type, sorted.get(i - 1), sorted.get(i));
		}
		return new RangeSharding(type, sorted);
	}

	private static BoundedRange bounded(ShardKeyType type, KeyRange range) {
		Object from = bound(type, range, "from", range.from());
		Object to = bound(type, range, "to", range.to());
		Assert.isTrue(from == null || to == null || type.compare(from, to) < 0,
				() -> "Range " + range + " is empty: 'from' must be below 'to', which is the first key after it");
		return new BoundedRange(range, from, to);
	}

	private static @Nullable Object bound(ShardKeyType type, KeyRange range, String name, @Nullable String text) {
		if (text == null) {
			return null;
		}
		try {
			return type.bound(text);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"Bound '" + name + "' of range '" + range.name() + "' cannot be read: " + ex.getMessage(), ex);
		}
	}

	private static int compareFrom(ShardKeyType type, BoundedRange first, BoundedRange second) {
		Object left = first.from();
		Object right = second.from();
		if (left == null || right == null) {
			return Boolean.compare(left != null, right != null);
		}
		return type.compare(left, right);
	}

	private static void checkContiguous(ShardKeyType type, BoundedRange first, BoundedRange second) {
		Object end = first.to();
		Object start = second.from();
		String ranges = first.range() + " and " + second.range();
		if (start == null) {
			throw new IllegalArgumentException("Ranges " + ranges + " overlap: only one can be without a 'from'");
		}
		if (end == null) {
			throw new IllegalArgumentException("Ranges " + ranges + " overlap: '" + first.range().name()
					+ "' needs 'to: " + second.range().from() + "', because only the last range can be without a 'to'");
		}
		int order = type.compare(end, start);
		if (order > 0) {
			throw new IllegalArgumentException(
					"Ranges " + ranges + " overlap: '" + second.range().name() + "' begins at " + second.range().from()
							+ ", but '" + first.range().name() + "' goes up to " + first.range().to());
		}
		if (order < 0) {
			throw new IllegalArgumentException("There is a gap between the ranges " + ranges + ": no shard has the keys"
					+ " from " + first.range().to() + " up to " + second.range().from());
		}
	}

	@Override
	public @Nullable String shardOf(Object key) {
		int index = rangeOf(key);
		return (index >= 0) ? this.ranges.get(index).shard() : null;
	}

	/**
	 * Finds the range of a key.
	 * @param key the key
	 * @return the index of the range in {@link #ranges()}, or -1 if no range has the key
	 * @throws IllegalArgumentException if the key is of another type
	 */
	public int rangeOf(Object key) {
		Object value = this.type.valueOf(key);
		if ((this.lower != null && this.type.compare(value, this.lower) < 0)
				|| (this.upper != null && this.type.compare(value, this.upper) >= 0)) {
			return -1;
		}
		int low = 0;
		int high = this.bounds.length;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (this.type.compare(value, this.bounds[middle]) < 0) {
				high = middle;
			}
			else {
				low = middle + 1;
			}
		}
		return low;
	}

	/**
	 * The ranges in the order of their keys.
	 * @return an unmodifiable list
	 */
	public List<KeyRange> ranges() {
		return this.ranges;
	}

	private record BoundedRange(KeyRange range, @Nullable Object from, @Nullable Object to) {

	}

}
