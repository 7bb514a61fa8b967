package dev.scaling.sharding;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link ConsistentHashSharding}.
 */
class ConsistentHashShardingTests {

	private static final int KEYS = 100_000;

	/**
	 * The loads of shards differ as those of balls that are thrown into bins at random
	 * do, so the bounds are multiples of the standard deviation.
	 */
	@Example
	void loadIsBalancedAndTheOptimumMovesWithTwoTo128Shards() {
		String[] owners = owners(new ConsistentHashSharding(names(2)));
		for (int size = 2; size <= 128; size++) {
			double mean = (double) KEYS / size;
			int maximum = Collections.max(loads(owners).values());
			assertThat(loads(owners)).hasSize(size);
			assertThat(maximum).as("largest of " + size).isLessThan((int) (mean + 5 * Math.sqrt(mean)));
			String[] grown = owners(new ConsistentHashSharding(names(size + 1)));
			int moved = 0;
			for (int key = 0; key < KEYS; key++) {
				if (!grown[key].equals(owners[key])) {
					assertThat(grown[key]).isEqualTo("shard-" + size);
					moved++;
				}
			}
			double optimum = (double) KEYS / (size + 1);
			assertThat((double) moved).as("moved to " + size).isCloseTo(optimum, within(4.5 * Math.sqrt(optimum)));
			owners = grown;
		}
	}

	@Property(tries = 100)
	void onlyKeysOfAShardThatIsRemovedMove(
			@ForAll @Size(min = 2, max = 12) List<@DoubleRange(min = 0.1, max = 100) Double> weights,
			@ForAll @IntRange(max = 11) int removed) {
		Map<String, Double> before = weights(weights);
		Map<String, Double> after = new LinkedHashMap<>(before);
		String shard = "shard-" + removed % weights.size();
		after.remove(shard);
		ConsistentHashSharding first = new ConsistentHashSharding(before);
		ConsistentHashSharding second = new ConsistentHashSharding(after);
		for (int key = 0; key < 500; key++) {
			String owner = first.shardOf(key);
			if (!owner.equals(shard)) {
				assertThat(second.shardOf(key)).isEqualTo(owner);
			}
		}
	}

	@Property(tries = 100)
	void changedWeightMovesOnlyKeysOfItsShard(
			@ForAll @Size(min = 2, max = 12) List<@DoubleRange(min = 0.1, max = 100) Double> weights,
			@ForAll @IntRange(max = 11) int changed, @ForAll @DoubleRange(min = 1, max = 10) double factor) {
		Map<String, Double> before = weights(weights);
		Map<String, Double> after = new LinkedHashMap<>(before);
		String shard = "shard-" + changed % weights.size();
		after.merge(shard, factor, (first, second) -> first * second);
		ConsistentHashSharding first = new ConsistentHashSharding(before);
		ConsistentHashSharding second = new ConsistentHashSharding(after);
		for (int key = 0; key < 500; key++) {
			assertThat(second.shardOf(key)).isIn(first.shardOf(key), shard);
		}
	}

	@Property(tries = 100)
	void orderOfTheShardsHasNoMeaning(
			@ForAll @Size(min = 1, max = 12) List<@DoubleRange(min = 0.1, max = 100) Double> weights,
			@ForAll long key) {
		Map<String, Double> ordered = weights(weights);
		List<String> names = new ArrayList<>(ordered.keySet());
		Collections.reverse(names);
		Map<String, Double> reversed = new LinkedHashMap<>();
		names.forEach((name) -> reversed.put(name, ordered.get(name)));
		assertThat(new ConsistentHashSharding(reversed).shardOf(key))
			.isEqualTo(new ConsistentHashSharding(ordered).shardOf(key));
	}

	@Property(tries = 20)
	void sharesAreAsTheWeightsSay(@ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 10) Integer> weights) {
		Map<String, Integer> byShard = new LinkedHashMap<>();
		weights.forEach((weight) -> byShard.put("shard-" + byShard.size(), weight));
		double total = weights.stream().mapToInt(Integer::intValue).sum();
		Map<String, Integer> loads = loads(owners(new ConsistentHashSharding(byShard)));
		byShard.forEach((shard, weight) -> {
			double expected = KEYS * weight / total;
			assertThat((double) loads.get(shard)).isCloseTo(expected, within(6 * Math.sqrt(expected)));
		});
	}

	@Property
	void factorOfAllWeightsHasNoMeaning(@ForAll long key, @ForAll @IntRange(min = -20, max = 20) int exponent) {
		Map<String, Double> weights = weights(List.of(1.0, 2.0, 3.0));
		Map<String, Double> scaled = new HashMap<>();
		weights.forEach((shard, weight) -> scaled.put(shard, Math.scalb(weight, exponent)));
		assertThat(new ConsistentHashSharding(scaled).shardOf(key))
			.isEqualTo(new ConsistentHashSharding(weights).shardOf(key));
	}

	/**
	 * Rows do not follow a mapping that changes: these owners, which another
	 * implementation of the algorithm has computed, are for ever.
	 */
	@Example
	void ownersAreThoseOfTheFirstRelease() {
		ConsistentHashSharding equal = new ConsistentHashSharding(names(5));
		assertThat(IntStream.range(0, 24).mapToObj((key) -> equal.shardOf(key).substring(6)))
			.isEqualTo("031211420030104124341113".chars().mapToObj(Character::toString).toList());
		ConsistentHashSharding weighted = new ConsistentHashSharding(weights(List.of(0.5, 1.0, 2.5)));
		assertThat(IntStream.range(0, 24).mapToObj((key) -> weighted.shardOf("kéy-😀-" + key).substring(6)))
			.isEqualTo("222121220122112221101112".chars().mapToObj(Character::toString).toList());
	}

	@Property
	void textOfAKeyIsTheSameKey(@ForAll long number) {
		ConsistentHashSharding strategy = new ConsistentHashSharding(names(16));
		UUID uuid = new UUID(number, ~number);
		assertThat(strategy.shardOf(Long.toString(number))).isEqualTo(strategy.shardOf(number));
		assertThat(strategy.shardOf(uuid.toString())).isEqualTo(strategy.shardOf(uuid));
	}

	@Example
	void otherTypesAreRefused() {
		ConsistentHashSharding strategy = new ConsistentHashSharding(names(2));
		assertThatIllegalArgumentException().isThrownBy(() -> strategy.shardOf(1.5))
			.withMessage("only an integer (byte, short, int, long, BigInteger), text or a UUID can be hashed");
	}

	@Example
	void weightsMustBePositiveNumbers() {
		assertThatIllegalArgumentException().isThrownBy(() -> new ConsistentHashSharding(List.of()));
		for (double weight : new double[] { 0, -1, Double.NaN, Double.POSITIVE_INFINITY }) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new ConsistentHashSharding(Map.of("shard-0", 1.0, "shard-1", weight)))
				.withMessage("The weight of shard 'shard-1' is " + weight + ": it must be a number above 0");
		}
	}

	private static List<String> names(int size) {
		return IntStream.range(0, size).mapToObj((i) -> "shard-" + i).toList();
	}

	private static Map<String, Double> weights(List<Double> weights) {
		Map<String, Double> byShard = new LinkedHashMap<>();
		weights.forEach((weight) -> byShard.put("shard-" + byShard.size(), weight));
		return byShard;
	}

	private static String[] owners(ConsistentHashSharding strategy) {
		return IntStream.range(0, KEYS).mapToObj(strategy::shardOf).toArray(String[]::new);
	}

	private static Map<String, Integer> loads(String[] owners) {
		Map<String, Integer> loads = new HashMap<>();
		for (String owner : owners) {
			loads.merge(owner, 1, Integer::sum);
		}
		return loads;
	}

}
