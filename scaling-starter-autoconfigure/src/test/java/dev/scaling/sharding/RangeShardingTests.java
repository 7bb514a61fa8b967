package dev.scaling.sharding;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RangeSharding}.
 */
class RangeShardingTests {

	private static final KeyRange Y2024 = range("y2024", "2024-01-01", "2025-01-01");

	private static final KeyRange Y2025 = range("y2025", "2025-01-01", null);

	@Example
	void boundsAreInclusiveBelowAndExclusiveAbove() {
		RangeSharding strategy = RangeSharding.of(ShardKeyType.DATE, List.of(Y2025, Y2024));
		assertThat(strategy.ranges()).containsExactly(Y2024, Y2025);
		assertThat(strategy.shardOf(LocalDate.parse("2023-12-31"))).isNull();
		assertThat(strategy.shardOf(LocalDate.parse("2024-01-01"))).isEqualTo("shard of y2024");
		assertThat(strategy.shardOf(LocalDate.parse("2024-12-31"))).isEqualTo("shard of y2024");
		assertThat(strategy.shardOf(LocalDate.parse("2025-01-01"))).isEqualTo("shard of y2025");
		assertThat(strategy.shardOf(LocalDate.MAX)).isEqualTo("shard of y2025");
	}

	@Example
	void keysBeyondTheLastRangeHaveNoShard() {
		RangeSharding strategy = RangeSharding.of(ShardKeyType.NUMBER, List.of(range("all", null, "10")));
		assertThat(strategy.shardOf(Long.MIN_VALUE)).isEqualTo("shard of all");
		assertThat(strategy.shardOf(9)).isEqualTo("shard of all");
		assertThat(strategy.shardOf(new BigDecimal("9.99"))).isEqualTo("shard of all");
		assertThat(strategy.shardOf(10)).isNull();
		assertThat(strategy.rangeOf(10)).isEqualTo(-1);
		assertThat(strategy.shardOf(BigInteger.ONE.shiftLeft(64))).isNull();
	}

	@Example
	void oneOpenRangeHasAllKeys() {
		RangeSharding strategy = RangeSharding.of(ShardKeyType.TEXT, List.of(range("all", null, null)));
		assertThat(strategy.shardOf("")).isEqualTo("shard of all");
		assertThat(strategy.rangeOf("\uFFFF")).isZero();
	}

	@Property
	void numbersAreInTheRangeThatIsFoundByCounting(@ForAll @Size(min = 2, max = 20) @UniqueElements List<Long> bounds,
			@ForAll long random, @ForAll boolean openStart, @ForAll boolean openEnd) {
		List<Long> sorted = new ArrayList<>(new TreeSet<>(bounds));
		List<KeyRange> ranges = new ArrayList<>();
		for (int i = 0; i + 1 < sorted.size(); i++) {
			ranges.add(range("r" + i, (i == 0 && openStart) ? null : sorted.get(i).toString(),
					(i + 2 == sorted.size() && openEnd) ? null : sorted.get(i + 1).toString()));
		}
		Collections.shuffle(ranges, new Random(random));
		RangeSharding strategy = RangeSharding.of(ShardKeyType.NUMBER, ranges);
		List<Long> keys = new ArrayList<>(sorted);
		sorted.forEach((bound) -> keys.addAll(List.of(bound - 1, bound + 1)));
		keys.add(random);
		for (long key : keys) {
			int below = (int) sorted.stream().filter((bound) -> bound <= key).count() - 1;
			int last = sorted.size() - 2;
			int expected = (below < 0) ? (openStart ? 0 : -1) : (below > last) ? (openEnd ? last : -1) : below;
			assertThat(strategy.rangeOf(key)).isEqualTo(expected);
			assertThat(strategy.shardOf(key)).isEqualTo((expected < 0) ? null : "shard of r" + expected);
		}
	}

	@Property
	void textIsOrderedLikeItsBytesInUtf8(@ForAll String first, @ForAll String second) {
		String left = encodable(first);
		String right = encodable(second);
		int expected = Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8),
				right.getBytes(StandardCharsets.UTF_8));
		assertThat(Integer.signum(ShardKeyType.TEXT.compare(left, right))).isEqualTo(Integer.signum(expected));
	}

	@Example
	void textBeyondTheBasicPlaneComesLast() {
		RangeSharding strategy = RangeSharding.of(ShardKeyType.TEXT,
				List.of(range("low", null, "\uFF5E"), range("high", "\uFF5E", null)));
		assertThat("😀").isLessThan("\uFF5E");
		assertThat(strategy.shardOf("😀")).isEqualTo("shard of high");
		assertThat(strategy.shardOf("\uD7FF")).isEqualTo("shard of low");
	}

	@Property
	void uuidsAreOrderedLikeTheirText(@ForAll long high, @ForAll long low, @ForAll long otherHigh, @ForAll long other) {
		UUID first = new UUID(high, low);
		for (UUID second : List.of(new UUID(otherHigh, other), new UUID(high, other))) {
			assertThat(Integer.signum(ShardKeyType.UUID.compare(first, second)))
				.isEqualTo(Integer.signum(first.toString().compareTo(second.toString())));
		}
	}

	@Example
	void uuidsOfTheUpperHalfAreAboveTheOthers() {
		RangeSharding strategy = RangeSharding.of(ShardKeyType.UUID,
				List.of(range("low", null, "80000000-0000-0000-0000-000000000000"),
						range("high", "80000000-0000-0000-0000-000000000000", null)));
		assertThat(strategy.shardOf(UUID.fromString("7fffffff-ffff-ffff-ffff-ffffffffffff"))).isEqualTo("shard of low");
		assertThat(strategy.shardOf(UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff")))
			.isEqualTo("shard of high");
	}

	@Example
	void timestampsAreInstantsInMicroseconds() {
		RangeSharding strategy = RangeSharding.of(ShardKeyType.TIMESTAMP,
				List.of(range("y2024", "2024-01-01T00:00:00Z", "2025-01-01T01:00:00+01:00"),
						range("y2025", "2025-01-01T00:00:00Z", null)));
		Instant bound = Instant.parse("2025-01-01T00:00:00Z");
		assertThat(strategy.shardOf(bound.minusNanos(1000))).isEqualTo("shard of y2024");
		assertThat(strategy.shardOf(bound.minusNanos(501))).isEqualTo("shard of y2024");
		assertThat(strategy.shardOf(bound.minusNanos(500))).isEqualTo("shard of y2025");
		assertThat(strategy.shardOf(bound)).isEqualTo("shard of y2025");
		assertThat(strategy.shardOf(OffsetDateTime.parse("2025-01-01T00:30:00+01:00"))).isEqualTo("shard of y2024");
		assertThat(strategy.shardOf(bound.atZone(ZoneId.of("America/New_York")))).isEqualTo("shard of y2025");
		assertThat(strategy.shardOf(Instant.MAX)).isEqualTo("shard of y2025");
		assertThat(strategy.shardOf(OffsetDateTime.MAX)).isEqualTo("shard of y2025");
		assertThat(strategy.shardOf(Instant.MIN)).isNull();
	}

	@Example
	void keysOfOtherTypesAreRefused() {
		assertRefused(ShardKeyType.NUMBER, "1", 1.0, "the keys are of type 'number': pass an integer or a BigDecimal");
		assertRefused(ShardKeyType.NUMBER, "1", "1", "the keys are of type 'number': pass an integer or a BigDecimal");
		assertRefused(ShardKeyType.TEXT, "a", 1, "the keys are of type 'text': pass text (a CharSequence)");
		assertRefused(ShardKeyType.DATE, "2024-01-01", LocalDateTime.MAX,
				"the keys are of type 'date': pass a LocalDate");
		assertRefused(ShardKeyType.TIMESTAMP, "2024-01-01T00:00:00Z", LocalDateTime.MAX,
				"the keys are of type 'timestamp': pass an Instant, an OffsetDateTime or a ZonedDateTime");
		assertRefused(ShardKeyType.UUID, "80000000-0000-0000-0000-000000000000", "a",
				"the keys are of type 'uuid': pass a UUID");
	}

	private static void assertRefused(ShardKeyType type, String bound, Object key, String message) {
		RangeSharding strategy = RangeSharding.of(type, List.of(range("r", bound, null)));
		assertThatIllegalArgumentException().isThrownBy(() -> strategy.shardOf(key)).withMessage(message);
	}

	@Example
	void gapIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RangeSharding.of(ShardKeyType.DATE, List.of(range("y2025", "2025-02-01", null), Y2024)))
			.withMessage("There is a gap between the ranges 'y2024' [2024-01-01, 2025-01-01) and 'y2025' [2025-02-01, "
					+ "open): no shard has the keys from 2025-01-01 up to 2025-02-01");
	}

	@Example
	void overlapIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RangeSharding.of(ShardKeyType.DATE, List.of(Y2024, range("y2025", "2024-12-01", null))))
			.withMessage("Ranges 'y2024' [2024-01-01, 2025-01-01) and 'y2025' [2024-12-01, open) overlap: 'y2025' "
					+ "begins at 2024-12-01, but 'y2024' goes up to 2025-01-01");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RangeSharding.of(ShardKeyType.NUMBER,
					List.of(range("a", "0", "100"), range("b", "10", "20"), range("c", "100", "200"))))
			.withMessageStartingWith("Ranges 'a' [0, 100) and 'b' [10, 20) overlap");
	}

	@Example
	void openBoundsWithinAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RangeSharding.of(ShardKeyType.DATE, List.of(Y2025, range("y2026", "2026-01-01", null))))
			.withMessage("Ranges 'y2025' [2025-01-01, open) and 'y2026' [2026-01-01, open) overlap: 'y2025' needs "
					+ "'to: 2026-01-01', because only the last range can be without a 'to'");
		assertThatIllegalArgumentException()
			.isThrownBy(
					() -> RangeSharding.of(ShardKeyType.NUMBER, List.of(range("a", null, "1"), range("b", null, "2"))))
			.withMessage("Ranges 'a' (open, 1) and 'b' (open, 2) overlap: only one can be without a 'from'");
	}

	@Example
	void emptyRangeIsRefused() {
		for (String to : List.of("2024-01-01", "2023-01-01")) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> RangeSharding.of(ShardKeyType.DATE, List.of(range("y2024", "2024-01-01", to))))
				.withMessage("Range 'y2024' [2024-01-01, " + to
						+ ") is empty: 'from' must be below 'to', which is the first key after it");
		}
	}

	@Example
	void boundsMustBeOfTheType() {
		assertUnreadable(ShardKeyType.NUMBER, "ten", "'ten' is not a number such as 1000");
		assertUnreadable(ShardKeyType.DATE, "2024-13-01", "'2024-13-01' is not a date such as 2025-01-31");
		assertUnreadable(ShardKeyType.DATE, "", "'' is not a date such as 2025-01-31");
		for (String text : List.of("2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00.0000001Z")) {
			assertUnreadable(ShardKeyType.TIMESTAMP, text,
					"'" + text + "' is not a timestamp with an offset such as 2025-01-31T00:00:00Z");
		}
		assertUnreadable(ShardKeyType.UUID, "1-1-1-1-1",
				"'1-1-1-1-1' is not a UUID such as 80000000-0000-0000-0000-000000000000");
	}

	private static void assertUnreadable(ShardKeyType type, String text, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> RangeSharding.of(type, List.of(range("r", text, null))))
			.withMessage("Bound 'from' of range 'r' cannot be read: " + message);
		assertThatIllegalArgumentException().isThrownBy(() -> RangeSharding.of(type, List.of(range("r", null, text))))
			.withMessage("Bound 'to' of range 'r' cannot be read: " + message);
	}

	@Example
	void rangesHaveNamesAndShards() {
		assertThatIllegalArgumentException().isThrownBy(() -> RangeSharding.of(ShardKeyType.DATE, List.of()))
			.withMessage("There must be at least one range");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RangeSharding.of(ShardKeyType.DATE, List.of(Y2024, Y2024)))
			.withMessage("Two ranges have the name 'y2024'");
		assertThatIllegalArgumentException().isThrownBy(() -> new KeyRange(" ", "shard-0", null, null));
		assertThatIllegalArgumentException().isThrownBy(() -> new KeyRange("y2024", "", null, null))
			.withMessage("Range 'y2024' must name its shard");
	}

	private static KeyRange range(String name, @Nullable String from, @Nullable String to) {
		return new KeyRange(name, "shard of " + name, from, to);
	}

	private static String encodable(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
	}

}
