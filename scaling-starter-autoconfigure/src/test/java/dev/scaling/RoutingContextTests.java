package dev.scaling;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link RoutingContext}.
 */
class RoutingContextTests {

	@Test
	void contextEndsWithItsBlock() throws Exception {
		RoutingContext seen = RoutingContext.read().call(RoutingContext::current);
		assertThat(seen).isSameAs(RoutingContext.read());
		assertThat(RoutingContext.current()).isNull();
	}

	@Test
	void innermostBlockWins() {
		RoutingContext.read().run(() -> {
			RoutingContext.write().run(() -> assertThat(RoutingContext.current()).isSameAs(RoutingContext.write()));
			assertThat(RoutingContext.current()).isSameAs(RoutingContext.read());
		});
	}

	@Test
	void contextEndsWhenTheBlockFails() {
		assertThatIllegalStateException().isThrownBy(() -> RoutingContext.write().run(() -> {
			throw new IllegalStateException("failed");
		}));
		assertThat(RoutingContext.current()).isNull();
	}

	@Test
	void otherThreadsDoNotInheritIt() throws Exception {
		RoutingContext[] seen = { RoutingContext.read() };
		RoutingContext.write().call(() -> {
			Thread thread = new Thread(() -> seen[0] = RoutingContext.current());
			thread.start();
			thread.join();
			return null;
		});
		assertThat(seen[0]).isNull();
	}

	@Test
	void textHasAllThatTheContextSays() {
		assertThat(RoutingContext.read()).hasToString("RoutingContext[READ]");
		assertThat(RoutingContext.read().withMaxStaleness(Duration.ofSeconds(2)))
			.hasToString("RoutingContext[READ, BOUNDED PT2S]");
		assertThat(RoutingContext.onShard("shard-1").withConsistency(ConsistencyLevel.STRONG))
			.hasToString("RoutingContext[STRONG, %s]".formatted(ShardTarget.ofShard("shard-1")));
	}

}
