package dev.scaling;

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

}
