package dev.scaling.insight;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogLimit}.
 */
class LogLimitTests {

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);

	private final LogLimit limit = new LogLimit(this.time::get);

	@Test
	void textIsLoggedOnceInAnIntervalAndItsNextLineTellsTheOthers() {
		assertThat(this.limit.acquire("a")).isZero();
		assertThat(this.limit.acquire("a")).isEqualTo(LogLimit.SUPPRESSED);
		assertThat(this.limit.acquire("b")).isZero();
		assertThat(this.limit.acquire("a")).isEqualTo(LogLimit.SUPPRESSED);
		this.time.addAndGet(LogLimit.INTERVAL.toNanos() - 1);
		assertThat(this.limit.acquire("a")).isEqualTo(LogLimit.SUPPRESSED);
		this.time.incrementAndGet();
		assertThat(this.limit.acquire("a")).isEqualTo(3);
		assertThat(this.limit.acquire("b")).isZero();
	}

	@Test
	void textsThatAllDifferAreLimitedTogether() {
		assertThat(IntStream.range(0, 100_000).filter((i) -> this.limit.acquire("text " + i) >= 0).count())
			.isEqualTo(LogLimit.MAXIMUM_LINES);
		this.time.addAndGet(LogLimit.INTERVAL.toNanos());
		assertThat(this.limit.acquire("text 99999")).isEqualTo(1);
		assertThat(this.limit.acquire("text 0")).isZero();
	}

}
