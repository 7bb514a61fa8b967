package dev.scaling.sharding;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link KeyTraffic}.
 */
class KeyTrafficTests {

	@Test
	void nothingIsSaidOfLittleWork() {
		KeyTraffic traffic = new KeyTraffic(1);
		assertThat(traffic.shares("users")).isNull();
		for (int i = 1; i < KeyTraffic.MINIMUM; i++) {
			traffic.located("users", 1, "shard-0");
		}
		assertThat(traffic.shares("users")).isNull();
		traffic.located("users", 1, "shard-0");
		assertThat(traffic.shares("users")).isNotNull();
		assertThat(traffic.shares("orders")).isNull();
	}

	@Test
	void sharesAreThoseOfKeysAndShards() {
		KeyTraffic traffic = new KeyTraffic(1);
		for (int i = 0; i < 100; i++) {
			traffic.located("tenants", "acme", "shard-1");
			traffic.located("tenants", "globex", "shard-0");
			traffic.located("tenants", "acme", "shard-1");
			traffic.located("tenants", "initech", "shard-0");
		}
		KeyTraffic.Shares shares = traffic.shares("tenants");
		assertThat(shares).isNotNull();
		assertThat(shares.shards()).isEqualTo(Map.of("shard-0", 0.5, "shard-1", 0.5));
		assertThat(shares.keys().get(0)).isEqualTo(new KeyTraffic.KeyShare("acme", "shard-1", 0.5));
		assertThat(shares.keys()).extracting(KeyTraffic.KeyShare::key)
			.containsExactlyInAnyOrder("acme", "globex", "initech");
	}

	@Test
	void sampleHasTheSameShares() {
		KeyTraffic traffic = new KeyTraffic(10);
		for (int i = 0; i < 100_000; i++) {
			traffic.located("tenants", (i % 4 == 0) ? "acme" : i, "shard-" + i % 2);
		}
		KeyTraffic.Shares shares = traffic.shares("tenants");
		assertThat(shares).isNotNull();
		assertThat(shares.keys().get(0).key()).isEqualTo("acme");
		assertThat(shares.keys().get(0).share()).isCloseTo(0.25, within(0.05));
	}

	@Property(tries = 50)
	void frequentKeyIsFoundAndItsShareIsNeverTooLarge(@ForAll long seed,
			@ForAll @IntRange(min = 2, max = 5000) int keys, @ForAll @IntRange(min = 1, max = 50) int hotPercent) {
		KeyTraffic traffic = new KeyTraffic(1);
		Random random = new Random(seed);
		Map<Object, Integer> counts = new HashMap<>();
		int work = 5000;
		for (int i = 0; i < work; i++) {
			int key = (random.nextInt(100) < hotPercent) ? -1 : random.nextInt(keys);
			counts.merge(key, 1, Integer::sum);
			traffic.located("users", key, "shard-0");
		}
		List<KeyTraffic.KeyShare> shares = traffic.shares("users").keys();
		assertThat(shares).hasSizeLessThanOrEqualTo(KeyTraffic.KEYS);
		shares.forEach((share) -> assertThat(share.share())
			.isLessThanOrEqualTo((double) counts.get(share.key()) / work + 1e-9));
		counts.forEach((key, count) -> {
			if (count > work / KeyTraffic.KEYS) {
				assertThat(shares).extracting(KeyTraffic.KeyShare::key).contains(key);
			}
		});
	}

	@Test
	void threadsLoseNothingButWhatTheyDoNotWaitFor() throws InterruptedException {
		KeyTraffic traffic = new KeyTraffic(1);
		ExecutorService threads = Executors.newFixedThreadPool(4);
		for (int thread = 0; thread < 4; thread++) {
			threads.execute(() -> {
				for (int i = 0; i < 100_000; i++) {
					traffic.located("users", i % 200, "shard-" + i % 3);
				}
			});
		}
		threads.shutdown();
		assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
		KeyTraffic.Shares shares = traffic.shares("users");
		assertThat(shares.shards().values().stream().mapToDouble(Double::doubleValue).sum()).isCloseTo(1, within(1e-6));
		assertThat(shares.keys()).hasSize(KeyTraffic.KEYS)
			.allSatisfy((share) -> assertThat(share.share()).isBetween(0.0, 1.0));
	}

}
