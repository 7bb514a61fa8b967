package dev.scaling.sharding;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WatchedRangeSharding}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WatchedRangeShardingTests {

	private final WatchedRangeSharding sharding = new WatchedRangeSharding("events",
			RangeSharding.of(ShardKeyType.NUMBER,
					List.of(new KeyRange("first", "s0", "0", "1000"), new KeyRange("second", "s1", "1000", null))));

	@Test
	void keysThatGrowMakeAHotSpot(CapturedOutput output) {
		for (int key = 1000; key < 50_000; key++) {
			assertThat(this.sharding.shardOf(key)).isEqualTo("s1");
		}
		assertThat(output).containsOnlyOnce("Keyspace 'events' has a hot spot: 100 %").contains("shard 's1'");
		assertThat(this.sharding.hotSpot()).hasValueSatisfying((hotSpot) -> {
			assertThat(hotSpot.range().shard()).isEqualTo("s1");
			assertThat(hotSpot.share()).isEqualTo(1);
		});
	}

	@Test
	void keysOfAllRangesMakeNone(CapturedOutput output) {
		for (int key = 0; key < 50_000; key++) {
			this.sharding.shardOf((key % 2) * 1000 + key % 1000);
		}
		assertThat(output).doesNotContain("hot spot");
		assertThat(this.sharding.hotSpot()).isEmpty();
		assertThat(this.sharding.shardOf(-1)).isNull();
	}

}
