package dev.scaling.sharding;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A range of keys that belongs to a shard. The bounds are text that the
 * {@link ShardKeyType} of the keyspace reads.
 *
 * @param name the name, unique in its keyspace
 * @param shard the name of the shard that owns the keys; it may own several ranges
 * @param from the first key, or {@code null} if the range has no lower bound
 * @param to the first key that is above the range, or {@code null} if the range has no
 * upper bound
 * @since 0.1.0
 */
public record KeyRange(String name, String shard, @Nullable String from, @Nullable String to) {

	/**
	 * Creates a range.
	 */
	public KeyRange {
		Assert.hasText(name, "A range must have a name");
		Assert.hasText(shard, () -> "Range '" + name + "' must name its shard");
	}

	/**
	 * Returns the name and the bounds, such as {@code 'y2024' [2024-01-01, 2025-01-01)}.
	 */
	@Override
	public String toString() {
		return "'" + this.name + "' " + ((this.from != null) ? "[" + this.from : "(open") + ", "
				+ ((this.to != null) ? this.to : "open") + ")";
	}

}
