package dev.scaling.sharding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Notices which keys of a keyspace get most of its work, such as one large tenant, and
 * how work spreads over the shards. It looks at a sample, remembers {@value #KEYS} keys
 * of each keyspace, however many there are, and forgets half of what it has counted every
 * minute.
 * <p>
 * The keys are counted with the algorithm Space-Saving: a key that gets more than 1/
 * {@value #KEYS} of the work is never missed, and no share is too small by more than that
 * (A. Metwally, D. Agrawal, A. El Abbadi: <em>Efficient Computation of Frequent and Top-k
 * Elements in Data Streams</em>, 2005). Thread-safe: threads do not wait for each other,
 * one that would have to looks at the next key.
 *
 * @since 0.1.0
 */
public final class KeyTraffic {

	/**
	 * How many keys of a keyspace are remembered: {@value}.
	 */
	public static final int KEYS = 64;

	/**
	 * How many pieces of work have to be seen before there are shares: {@value}.
	 */
	public static final long MINIMUM = 100;

	private static final long HALF_LIFE = Duration.ofMinutes(1).toNanos();

	private final int sample;

	private final Map<String, Sketch> keyspaces = new ConcurrentHashMap<>();

	/**
	 * Creates statistics without keys.
	 * @param sample of how many pieces of work one is looked at, 1 or more
	 */
	public KeyTraffic(int sample) {
		Assert.isTrue(sample >= 1, "'sample' must be 1 or more");
		this.sample = sample;
	}

	/**
	 * Work with a key begins.
	 * @param keyspace the name of the keyspace
	 * @param key the key
	 * @param shard the shard that owns it
	 */
	public void located(String keyspace, Object key, String shard) {
		if (this.sample == 1 || ThreadLocalRandom.current().nextInt(this.sample) == 0) {
			this.keyspaces.computeIfAbsent(keyspace, (name) -> new Sketch()).add(key, shard);
		}
	}

	/**
	 * How the work of a keyspace is spread at the moment.
	 * @param keyspace the name of the keyspace
	 * @return the shares, or {@code null} if too little work was seen
	 */
	public @Nullable Shares shares(String keyspace) {
		Sketch sketch = this.keyspaces.get(keyspace);
		return (sketch != null) ? sketch.shares() : null;
	}

	/**
	 * How the work of a keyspace is spread.
	 *
	 * @param shards the share of each shard that has had work, 0 to 1
	 * @param keys the keys that get most, the one with the largest share first
	 */
	public record Shares(Map<String, Double> shards, List<KeyShare> keys) {

	}

	/**
	 * The share of a key.
	 *
	 * @param key the key
	 * @param shard the shard that owned it when it was seen last
	 * @param share what it gets at least of the keyspace's work, 0 to 1
	 */
	public record KeyShare(Object key, String shard, double share) {

	}

	private static final class Sketch {

		private final ReentrantLock lock = new ReentrantLock();

		private final Map<Object, Counter> keys = new HashMap<>();

		private final List<Counter> counters = new ArrayList<>(KEYS);

		private final Map<String, Double> shards = new LinkedHashMap<>();

		private double total;

		private long halved = System.nanoTime();

		private void add(Object key, String shard) {
			if (!this.lock.tryLock()) {
				return;
			}
			try {
				fade();
				this.total++;
				this.shards.merge(shard, 1.0, Double::sum);
				Counter counter = this.keys.get(key);
				if (counter == null) {
					counter = (this.counters.size() < KEYS) ? added() : replaced();
					counter.key = key;
					this.keys.put(key, counter);
				}
				counter.count++;
				counter.shard = shard;
			}
			finally {
				this.lock.unlock();
			}
		}

		private Counter added() {
			Counter counter = new Counter();
			this.counters.add(counter);
			return counter;
		}

		/**
		 * The key that was seen least gives its place to a new one, which may have been
		 * seen as often before. With many keys that is what nearly each look does.
		 */
		private Counter replaced() {
			Counter least = this.counters.get(0);
			for (int i = 1; i < KEYS; i++) {
				Counter counter = this.counters.get(i);
				if (counter.count < least.count) {
					least = counter;
				}
			}
			this.keys.remove(least.key);
			least.error = least.count;
			return least;
		}

		private void fade() {
			long periods = (System.nanoTime() - this.halved) / HALF_LIFE;
			if (periods > 0) {
				this.halved += periods * HALF_LIFE;
				double factor = Math.pow(0.5, periods);
				this.total *= factor;
				this.shards.replaceAll((shard, count) -> count * factor);
				this.counters.forEach((counter) -> counter.fade(factor));
			}
		}

		private @Nullable Shares shares() {
			this.lock.lock();
			try {
				fade();
				if (this.total < MINIMUM) {
					return null;
				}
				Map<String, Double> shards = new LinkedHashMap<>();
				this.shards.forEach((shard, count) -> shards.put(shard, count / this.total));
				List<KeyShare> keys = new ArrayList<>();
				this.keys.forEach((key, counter) -> keys
					.add(new KeyShare(key, counter.shard, (counter.count - counter.error) / this.total)));
				keys.sort(Comparator.comparingDouble(KeyShare::share).reversed());
				return new Shares(shards, keys);
			}
			finally {
				this.lock.unlock();
			}
		}

	}

	private static final class Counter {

		private Object key = "";

		private double count;

		private double error;

		private String shard = "";

		private void fade(double factor) {
			this.count *= factor;
			this.error *= factor;
		}

	}

}
