package dev.scaling.sharding;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HotSpotDetector}.
 */
class HotSpotDetectorTests {

	private static final List<KeyRange> RANGES = List.of(new KeyRange("a", "shard-0", null, "10"),
			new KeyRange("b", "shard-1", "10", "20"), new KeyRange("c", "shard-0", "20", null));

	private final HotSpotDetector detector = new HotSpotDetector(RANGES, 0.9, 100);

	@Test
	void nearlyAllKeysOnTheShardOfTheLastRangeAreAHotSpot() {
		route(80, 2);
		route(10, 0);
		route(10, 1);
		assertThat(this.detector.check()).hasValueSatisfying((hotSpot) -> {
			assertThat(hotSpot.range()).isSameAs(RANGES.get(2));
			assertThat(hotSpot.keys()).isEqualTo(90);
			assertThat(hotSpot.totalKeys()).isEqualTo(100);
			assertThat(hotSpot.share()).isEqualTo(0.9);
		});
	}

	@Test
	void keysElsewhereAreNoHotSpot() {
		route(89, 2);
		route(11, 1);
		assertThat(this.detector.check()).isEmpty();
		route(200, 1);
		assertThat(this.detector.check()).isEmpty();
	}

	@Test
	void eachPeriodIsJudgedAlone() {
		route(1000, 1);
		assertThat(this.detector.check()).isEmpty();
		route(100, 2);
		assertThat(this.detector.check()).isPresent();
		assertThat(this.detector.check()).isEmpty();
	}

	@Test
	void periodWithFewKeysGoesOn() {
		route(99, 2);
		assertThat(this.detector.check()).isEmpty();
		route(1, 2);
		assertThat(this.detector.check()).isPresent();
	}

	@Test
	void onlyShardIsNoHotSpot() {
		HotSpotDetector detector = new HotSpotDetector(RANGES.subList(0, 1), 0.9, 1);
		detector.routed(0);
		assertThat(detector.check()).isEmpty();
	}

	@Test
	void noKeyIsLostBetweenThreads() {
		HotSpotDetector detector = new HotSpotDetector(RANGES, 0.5, 1);
		AtomicLong judged = new AtomicLong();
		IntStream.range(0, 40_000).parallel().forEach((i) -> {
			detector.routed(2);
			if (i % 1000 == 0) {
				detector.check().ifPresent((hotSpot) -> judged.addAndGet(hotSpot.totalKeys()));
			}
		});
		detector.check().ifPresent((hotSpot) -> judged.addAndGet(hotSpot.totalKeys()));
		assertThat(judged).hasValue(40_000);
	}

	@Test
	void argumentsAreChecked() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HotSpotDetector(List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> new HotSpotDetector(RANGES, 0, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> new HotSpotDetector(RANGES, 1.1, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> new HotSpotDetector(RANGES, 1, 0));
	}

	private void route(int keys, int range) {
		for (int i = 0; i < keys; i++) {
			this.detector.routed(range);
		}
	}

}
