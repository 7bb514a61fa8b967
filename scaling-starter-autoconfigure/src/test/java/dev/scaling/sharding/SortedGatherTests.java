package dev.scaling.sharding;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import dev.scaling.GatherException;
import dev.scaling.ShardReader;
import dev.scaling.SortedGather;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SortedGather} as {@link GatherExecutor} runs it.
 */
@Timeout(60)
class SortedGatherTests {

	private static final List<String> SHARDS = List.of("shard-0", "shard-1", "shard-2");

	private static final int CAPACITY = 16;

	private final List<String> finished = new ArrayList<>();

	private final GatherExecutor executor = new GatherExecutor(
			new GatherOptions(Duration.ofSeconds(30), 2, 2, CAPACITY), (shard) -> 1,
			(outcome, nanos, shards, failed) -> this.finished.add(shards.size() + "/" + failed.size()));

	private final CountDownLatch released = new CountDownLatch(1);

	@AfterEach
	void nothingIsLeft() {
		this.released.countDown();
		await().untilAsserted(() -> {
			assertThat(this.executor.running()).isZero();
			assertThat(this.executor.abandoned()).isZero();
		});
		this.executor.close();
	}

	@Test
	void memoryDoesNotGrowWithTheNumberOfRows() {
		AtomicLong read = new AtomicLong();
		AtomicLong taken = new AtomicLong();
		AtomicLong ahead = new AtomicLong();
		AtomicLong last = new AtomicLong(-1);
		sorted((shard, rows) -> {
			for (long row = SHARDS.indexOf(shard); row < 1_000_000; row += SHARDS.size()) {
				rows.accept(row);
				ahead.accumulateAndGet(read.incrementAndGet() - taken.get(), Math::max);
			}
		}).forEach((row) -> {
			assertThat(row == last.incrementAndGet()).isTrue();
			taken.incrementAndGet();
		});
		assertThat(taken).hasValue(1_000_000);
		assertThat(ahead).hasValueLessThanOrEqualTo(SHARDS.size() * (2 * CAPACITY + 2));
		assertThat(this.finished).containsExactly("3/0");
	}

	@Test
	void shardsStopWhenThereAreEnoughRows() {
		AtomicInteger closed = new AtomicInteger();
		AtomicInteger interrupted = new AtomicInteger();
		assertThat(sorted((shard, rows) -> {
			try {
				endless(shard, rows);
			}
			finally {
				closed.incrementAndGet();
				interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
			}
		}).list(3, 4)).containsExactly(3L, 4L, 5L, 6L);
		assertThat(closed).as("cursors are closed when the caller returns").hasValue(SHARDS.size());
		assertThat(interrupted).as("connections are not lost").hasValue(0);
		assertThat(this.executor.running()).isZero();
		assertThat(this.finished).containsExactly("3/0");
	}

	@Test
	void noRowIsReadForALimitOfZero() {
		assertThat(sorted(SortedGatherTests::endless).list(5, 0)).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> sorted(SortedGatherTests::endless).list(-1, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> sorted(SortedGatherTests::endless).list(1, -1));
	}

	@Test
	void noShardsHaveNoRows() {
		assertThat(sorted(SortedGatherTests::endless).withShards(List.of()).list(0, 10)).isEmpty();
	}

	@Test
	void rowsInAnotherOrderAreAnErrorWithEveryPolicy() {
		ShardReader<Long> reader = (shard, rows) -> {
			rows.accept(1L);
			rows.accept(shard.equals("shard-2") ? 0L : 1L);
			endless(shard, (row) -> rows.accept(row + 2));
		};
		for (SortedGather<Long> gather : List.of(sorted(reader), sorted(reader).partial((shard, error) -> {
		}))) {
			assertThatExceptionOfType(GatherException.class).isThrownBy(() -> gather.list(0, 1_000_000))
				.withMessageMatching(
						"(?s)Work on 3 shards failed: (shard-[01] (cancelled|not started), ){2}shard-2 failed.*")
				.withMessageContaining("The rows of shard-2 are not in the order of the comparator: row 2 belongs")
				.withMessageContaining("COLLATE \"C\"");
		}
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> this.executor
				.<Long>gatherRows(SHARDS, (shard) -> shard.equals("shard-1") ? List.of(2L, 1L) : List.of(1L, 2L))
				.merge(Comparator.naturalOrder()))
			.withMessageStartingWith("Work on 3 shards failed: shard-0 done, shard-1 failed")
			.withMessageContaining("The rows of shard-1 are not in the order of the comparator: row 2 belongs");
	}

	@Test
	void failureOfAShardEndsAllAtOnce() {
		CountDownLatch begun = new CountDownLatch(2);
		AtomicInteger closed = new AtomicInteger();
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> sorted((shard, rows) -> {
			try {
				if (shard.equals("shard-1")) {
					begun.await();
					throw new SQLException("gone");
				}
				begun.countDown();
				if (shard.equals("shard-0")) {
					this.released.await();
				}
				endless(shard, rows);
			}
			finally {
				closed.incrementAndGet();
			}
		}).forEach((row) -> {
		}))
			.withMessage("Work on 3 shards failed: shard-0 cancelled, shard-1 failed (java.sql.SQLException: gone),"
					+ " shard-2 cancelled")
			.withCauseInstanceOf(SQLException.class);
		await().untilAtomic(closed, org.hamcrest.Matchers.is(SHARDS.size()));
		assertThat(this.finished).containsExactly("3/1");
	}

	@Test
	void partialResultHasTheRowsThatAShardGaveBeforeItFailed() {
		Map<String, Throwable> failures = new LinkedHashMap<>();
		List<Long> rows = sorted((shard, consumer) -> {
			for (long row = 0; row < 40; row++) {
				consumer.accept(row);
				if (row == 1 && shard.equals("shard-1")) {
					throw new SQLException("gone");
				}
			}
		}).partial(failures::put).list(0, 1000);
		assertThat(rows).hasSize(82).startsWith(0L, 0L, 0L, 1L, 1L, 1L, 2L, 2L, 3L, 3L).isSorted();
		assertThat(failures).containsOnlyKeys("shard-1");
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> sorted((shard, consumer) -> {
			throw new SQLException(shard);
		}).partial(failures::put).list(0, 10)).withMessageContaining("shard-2 failed");
		assertThat(this.finished).containsExactly("3/1", "3/3");
	}

	@Test
	void callerReturnsAtTheDeadline() {
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> sorted((shard, rows) -> {
			if (shard.equals("shard-1")) {
				this.released.await();
			}
			if (!shard.equals("shard-0")) {
				endless(shard, rows);
			}
		}).withTimeout(Duration.ofMillis(100)).list(0, 10))
			.withMessageStartingWith("Work on 3 shards has not ended within 100 ms: shard-0 done, shard-1 timed out")
			.withMessageContaining("shard-2 timed out");
		assertThat(this.finished).containsExactly("3/2");
	}

	@Test
	void deadlineHoldsWhenRowsAreAlwaysThere() {
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> sorted(SortedGatherTests::endless).withTimeout(Duration.ofMillis(100)).forEach((row) -> {
			}))
			.withMessageStartingWith("Work on 3 shards has not ended within 100 ms");
	}

	@Test
	void partialResultLacksTheShardsThatAreLate() {
		Map<String, Throwable> failures = new LinkedHashMap<>();
		List<Long> rows = sorted((shard, consumer) -> {
			if (shard.equals("shard-0")) {
				this.released.await();
			}
			endless(shard, consumer);
		}).withTimeout(Duration.ofMillis(100)).partial(failures::put).list(0, 8);
		assertThat(rows).containsExactly(1L, 2L, 4L, 5L, 7L, 8L, 10L, 11L);
		assertThat(failures).containsOnlyKeys("shard-0");
		assertThat(failures.get("shard-0")).hasMessage("The work has not ended within 100 ms");
		assertThat(this.finished).containsExactly("3/1");
	}

	@Test
	void failureOfTheConsumerEndsTheReadersAndIsThrownAsItIs() {
		AtomicInteger closed = new AtomicInteger();
		IllegalStateException failure = new IllegalStateException("full");
		assertThatIllegalStateException().isThrownBy(() -> sorted((shard, rows) -> {
			try {
				endless(shard, rows);
			}
			finally {
				closed.incrementAndGet();
			}
		}).forEach((row) -> {
			throw failure;
		})).isSameAs(failure);
		assertThat(closed).hasValue(SHARDS.size());
	}

	@Test
	void consumerMustNotGather() {
		assertThatIllegalStateException()
			.isThrownBy(() -> sorted(SortedGatherTests::endless)
				.forEach((row) -> this.executor.gather(SHARDS, (shard) -> shard).list()))
			.withMessageContaining("started in the consumer of the rows of another gather");
		assertThat(this.executor.gather(SHARDS, (shard) -> shard).list()).hasSize(3);
	}

	@Test
	void readerThatSwallowsTheStopIsStillStopped() {
		assertThat(sorted((shard, rows) -> {
			for (long row = 0; row < 1000; row++) {
				try {
					rows.accept(row);
				}
				catch (RuntimeException ex) {
					assertThat(ex).hasMessageContaining("No more rows are wanted");
				}
			}
		}).list(0, 3)).containsExactly(0L, 0L, 0L);
	}

	@Test
	void rowThatIsNullIsRefused() {
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> sorted((shard, rows) -> rows.accept(null)).list(0, 3))
			.withMessageContaining("A row of shard-");
	}

	@Test
	void mergesThatNeedTheSameConnectionsRunOneAfterTheOther() throws Exception {
		List<String> reversed = List.of("shard-2", "shard-1", "shard-0");
		Map<String, Semaphore> pools = Map.of("shard-0", new Semaphore(1), "shard-1", new Semaphore(1), "shard-2",
				new Semaphore(1));
		ShardReader<Long> reader = (shard, rows) -> {
			assertThat(pools.get(shard).tryAcquire()).as("a connection is free").isTrue();
			try {
				endless(shard, rows);
			}
			finally {
				pools.get(shard).release();
			}
		};
		List<FutureTask<List<Long>>> callers = new ArrayList<>();
		for (int index = 0; index < 8; index++) {
			List<String> shards = (index % 2 != 0) ? SHARDS : reversed;
			callers.add(inThread(() -> {
				List<Long> rows = List.of();
				for (int round = 0; round < 50; round++) {
					rows = this.executor.gatherSorted(shards, Comparator.<Long>naturalOrder(), reader).list(10, 40);
				}
				return rows;
			}));
		}
		for (FutureTask<List<Long>> caller : callers) {
			assertThat(caller.get(50, TimeUnit.SECONDS)).hasSize(40).startsWith(10L).endsWith(49L);
		}
	}

	@Test
	void mergeThatFindsNoPlaceEndsAtItsDeadline() throws Exception {
		CountDownLatch reading = new CountDownLatch(SHARDS.size());
		FutureTask<List<Long>> first = inThread(() -> sorted((shard, rows) -> {
			reading.countDown();
			this.released.await();
			endless(shard, rows);
		}).list(0, 3));
		assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
		SortedGather<Long> second = sorted(SortedGatherTests::endless);
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> second.withTimeout(Duration.ofMillis(50)).list(0, 3))
			.withMessageStartingWith("Work on 3 shards has not ended within 50 ms")
			.withMessageContaining("shard-2 timed out (org.springframework.dao.QueryTimeoutException: The work has not"
					+ " begun within 50 ms, since 1 of 1 merges that may read shard-0 at the same time do)");
		this.released.countDown();
		assertThat(first.get(30, TimeUnit.SECONDS)).containsExactly(0L, 1L, 2L);
		assertThat(second.list(0, 3)).containsExactly(0L, 1L, 2L);
	}

	private SortedGather<Long> sorted(ShardReader<Long> reader) {
		return this.executor.gatherSorted(SHARDS, Comparator.naturalOrder(), reader);
	}

	private static void endless(String shard, Consumer<Long> rows) {
		for (long row = SHARDS.indexOf(shard);; row += SHARDS.size()) {
			rows.accept(row);
		}
	}

	private static <T> FutureTask<T> inThread(Callable<T> work) {
		FutureTask<T> task = new FutureTask<>(work);
		new Thread(task).start();
		return task;
	}

}
