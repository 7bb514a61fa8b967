package dev.scaling.sharding;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.scaling.ShardingStrategy;

import org.springframework.util.Assert;

/**
 * Spreads keys by the weights of the shards, and moves as few as possible when the shards
 * change: a shard that is added takes its share and nothing else moves, one that is
 * removed gives its keys to the others, and a changed weight moves keys only from or to
 * its shard. Keys are integers (byte, short, int, long, {@link java.math.BigInteger}),
 * text and {@link java.util.UUID}s; {@code 42} and {@code "42"} are one key, as are a
 * UUID and its lower-case text. Immutable and thread-safe.
 * <p>
 * A shard is known by its name: the order of the shards has no meaning, and a shard of
 * another name is another shard. The mapping is the same on all platforms.
 * <p>
 * This is weighted rendezvous hashing (D. G. Thaler and C. V. Ravishankar, "Using
 * Name-Based Mappings to Increase Hit Rates", 1998; weights: C. Schindelhauer and G.
 * Schomaker, "Weighted Distributed Hash Tables", 2005): each shard draws a number from a
 * hash of the key and its name, exponentially distributed with the weight as its rate,
 * and the least number wins.
 *
 * @since 0.1.0
 */
public final class ConsistentHashSharding implements ShardingStrategy {

	/**
	 * The fractional part of the golden ratio, which keeps keys and names apart.
	 */
	private static final long NAME_SEED = 0x9E3779B97F4A7C15L;

	private static final double UNIT = 0x1p-52;

	private final String[] shards;

	private final long[] seeds;

	private final double[] scales;

	/**
	 * Creates a strategy for shards of the same weight.
	 * @param shards the names of the shards, at least one
	 * @throws IllegalArgumentException if there is no shard
	 */
	public ConsistentHashSharding(Collection<String> shards) {
		this(shards.stream().collect(Collectors.toMap((shard) -> shard, (shard) -> 1.0, (first, second) -> first)));
	}

	/**
	 * Creates a strategy.
	 * @param weights the weight of each shard by its name: a shard of weight 2 owns twice
	 * as many keys as one of weight 1; at least one shard
	 * @throws IllegalArgumentException if there is no shard, or a weight is not a
	 * positive number
	 */
	public ConsistentHashSharding(Map<String, ? extends Number> weights) {
		Assert.notEmpty(weights, "'weights' must name at least one shard");
		int size = weights.size();
		this.shards = new String[size];
		this.seeds = new long[size];
		this.scales = new double[size];
		int i = 0;
		for (Map.Entry<String, ? extends Number> entry : new TreeMap<>(weights).entrySet()) {
			double weight = entry.getValue().doubleValue();
			Assert.isTrue(weight > 0 && weight < Double.POSITIVE_INFINITY, () -> "The weight of shard '"
					+ entry.getKey() + "' is " + entry.getValue() + ": it must be a number above 0");
			this.shards[i] = entry.getKey();
			this.seeds[i] = PostgresqlHash.bytes(entry.getKey().getBytes(StandardCharsets.UTF_8), NAME_SEED);
			this.scales[i] = 1 / weight;
			i++;
		}
	}

	@Override
	public String shardOf(Object key) {
		long hash = PostgresqlHash.bytes(ShardKeys.text(key).getBytes(StandardCharsets.UTF_8), 0);
		int owner = 0;
		double least = Double.POSITIVE_INFINITY;
		for (int i = 0; i < this.shards.length; i++) {
			double uniform = ((mix(hash ^ this.seeds[i]) >>> 12) + 0.5) * UNIT;
			// 1 - x is never above -log(x), and much cheaper
			if ((1 - uniform) * this.scales[i] < least) {
				double draw = -StrictMath.log(uniform) * this.scales[i];
				if (draw < least) {
					least = draw;
					owner = i;
				}
			}
		}
		return this.shards[owner];
	}

	/**
	 * The finalizer of SplitMix64 (D. Stafford's variant 13), after which each bit
	 * depends on all.
	 */
	private static long mix(long value) {
		long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
		return mixed ^ (mixed >>> 31);
	}

}
