package dev.scaling;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ShardIds}.
 */
class ShardIdsTests {

	@Property
	void partsAreWhereTheLayoutSays(@ForAll @LongRange(max = (1L << 41) - 1) long milliseconds,
			@ForAll @IntRange(max = ShardIds.MAXIMUM_SHARD) int shard, @ForAll @IntRange(max = 4095) int sequence) {
		long id = (milliseconds << 22) | ((long) shard << 12) | sequence;
		assertThat(ShardIds.time(id)).isEqualTo(Instant.ofEpochMilli(1704067200000L + milliseconds));
		assertThat(ShardIds.shard(id)).isEqualTo(shard);
		assertThat(ShardIds.sequence(id)).isEqualTo(sequence);
	}

	@Example
	void lastIdIsOf2093() {
		assertThat(ShardIds.time(Long.MAX_VALUE)).isBetween("2093-01-01T00:00:00Z", "2093-12-31T00:00:00Z");
	}

	@Example
	void negativeNumbersAreNoIds() {
		assertThatIllegalArgumentException().isThrownBy(() -> ShardIds.time(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> ShardIds.shard(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> ShardIds.sequence(-1))
			.withMessage("No shard gives the negative id -1");
	}

	@Example
	void eachShardHasSqlOfItsOwn() {
		Set<String> statements = new HashSet<>();
		IntStream.rangeClosed(0, ShardIds.MAXIMUM_SHARD).mapToObj(ShardIds::sql).forEach(statements::add);
		assertThat(statements).hasSize(ShardIds.MAXIMUM_SHARD + 1);
		assertThatIllegalArgumentException().isThrownBy(() -> ShardIds.sql(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> ShardIds.sql(1024))
			.withMessage("The number of a shard is from 0 to 1023, not 1024");
	}

}
