package dev.scaling.sharding;

import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TypedSharding}.
 */
class TypedShardingTests {

	private final HashSharding hash = new HashSharding(HashFunction.POSTGRESQL, List.of("shard-0", "shard-1"));

	@Test
	void keysOfTheTypeAreMapped() {
		TypedSharding strategy = new TypedSharding(ShardKeyType.NUMBER, this.hash);
		for (long key = -100; key < 100; key++) {
			assertThat(strategy.shardOf(key)).isEqualTo(this.hash.shardOf(key));
		}
	}

	@Test
	void keysOfOtherTypesAreRefused() {
		TypedSharding strategy = new TypedSharding(ShardKeyType.NUMBER, this.hash);
		assertThatIllegalArgumentException().isThrownBy(() -> strategy.shardOf("42"))
			.withMessage("the keys are of type 'number': pass an integer or a BigDecimal");
		assertThatIllegalArgumentException().isThrownBy(() -> strategy.shardOf(new UUID(0, 42)));
	}

	@Test
	void keysOfNobodyStayKeysOfNobody() {
		assertThat(new TypedSharding(ShardKeyType.TEXT, (key) -> null).shardOf("42")).isNull();
	}

}
