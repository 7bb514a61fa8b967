package dev.scaling.sharding;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

import dev.scaling.Access;
import dev.scaling.CrossShardTransactionException;
import dev.scaling.Gather;
import dev.scaling.GatherException;
import dev.scaling.GatherException.State;
import dev.scaling.GatherResult;
import dev.scaling.RoutingContext;
import dev.scaling.ShardTarget;
import dev.scaling.consistency.ConsistencySession;
import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Gather} as {@link GatherExecutor} runs it.
 */
@Timeout(60)
class GatherTests {

	private static final List<String> SHARDS = List.of("shard-0", "shard-1", "shard-2", "shard-3");

	private static final InheritableThreadLocal<String> inheritable = new InheritableThreadLocal<>();

	private static final ThreadLocal<String> carried = new ThreadLocal<>();

	private final List<String> finished = new ArrayList<>();

	private final GatherExecutor executor = new GatherExecutor(GatherOptions.defaults(), (shard) -> 1,
			(outcome, nanos, shards, failed) -> this.finished.add(shards.size() + "/" + failed.size()));

	private final CountDownLatch released = new CountDownLatch(1);

	@AfterEach
	void nothingIsLeft() {
		this.released.countDown();
		await().untilAsserted(() -> {
			assertThat(this.executor.running()).isZero();
			assertThat(this.executor.waiting()).isZero();
			assertThat(this.executor.abandoned()).isZero();
		});
		this.executor.close();
	}

	@Test
	void resultsAreInTheOrderOfTheShards() {
		CountDownLatch last = new CountDownLatch(1);
		Gather<String> gather = this.executor.gather(SHARDS, (shard) -> {
			if (shard.equals("shard-3")) {
				last.countDown();
			}
			last.await();
			return "of " + shard;
		});
		assertThat(gather.perShard().keySet()).containsExactlyElementsOf(SHARDS);
		assertThat(gather.list()).containsExactly("of shard-0", "of shard-1", "of shard-2", "of shard-3");
		assertThat(gather.collect(Collectors.joining(","))).isEqualTo("of shard-0,of shard-1,of shard-2,of shard-3");
		assertThat(gather.result().isComplete()).isTrue();
		assertThat(gather.rows((value) -> List.of(value, "x")).list()).startsWith("of shard-0", "x", "of shard-1");
		assertThat(this.executor.<Integer>gatherRows(SHARDS, (shard) -> List.of(1, 2))
			.collect(Collectors.summingInt(Integer::intValue))).isEqualTo(12);
		assertThat(this.finished).hasSize(6).containsOnly("4/0");
	}

	@Test
	void resultMayBeNull() {
		assertThat(this.executor.gather(SHARDS, (shard) -> null).list()).containsExactly(null, null, null, null);
	}

	@Test
	void allShardsWorkAtTheSameTime() {
		CyclicBarrier together = new CyclicBarrier(SHARDS.size());
		assertThat(this.executor.gather(SHARDS, (shard) -> together.await(30, TimeUnit.SECONDS)).list())
			.containsExactlyInAnyOrder(0, 1, 2, 3);
	}

	@Test
	void concurrencyIsBounded() {
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CyclicBarrier pair = new CyclicBarrier(2);
		this.executor.gather(SHARDS, (shard) -> {
			most.accumulateAndGet(running.incrementAndGet(), Math::max);
			pair.await(30, TimeUnit.SECONDS);
			return running.decrementAndGet();
		}).withConcurrency(2).list();
		assertThat(most).hasValueLessThanOrEqualTo(3);
		ConcurrentLinkedQueue<String> sequence = new ConcurrentLinkedQueue<>();
		most.set(0);
		this.executor.gather(SHARDS, (shard) -> {
			most.accumulateAndGet(running.incrementAndGet(), Math::max);
			sequence.add(shard);
			return running.decrementAndGet();
		}).withConcurrency(1).list();
		assertThat(most).hasValue(1);
		assertThat(sequence).containsExactlyElementsOf(SHARDS);
	}

	@Test
	void branchesOfAllGathersOnAShardAreBounded() throws Exception {
		GatherExecutor narrow = new GatherExecutor(new GatherOptions(Duration.ofSeconds(30), 8, 2, 8), (shard) -> 1,
				GatherListener.NONE);
		List<FutureTask<List<Integer>>> callers = new ArrayList<>();
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		for (int index = 0; index < 5; index++) {
			callers.add(inThread(() -> narrow.gather(List.of("shard-0"), (shard) -> {
				most.accumulateAndGet(running.incrementAndGet(), Math::max);
				this.released.await();
				return running.decrementAndGet();
			}).list()));
		}
		await().until(() -> narrow.running() == 2 && narrow.waiting() == 3);
		this.released.countDown();
		for (FutureTask<List<Integer>> caller : callers) {
			assertThat(caller.get(30, TimeUnit.SECONDS)).hasSize(1);
		}
		assertThat(most).hasValue(2);
		assertThat(narrow.running()).isZero();
		narrow.close();
	}

	@Test
	void firstFailureCancelsTheOthers() {
		CountDownLatch begun = new CountDownLatch(2);
		CountDownLatch interrupted = new CountDownLatch(2);
		SQLException failure = new SQLException("disk full");
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> this.executor.gather(SHARDS, (shard) -> {
			if (shard.equals("shard-1")) {
				begun.await();
				throw failure;
			}
			return sleepUntilInterrupted(begun, interrupted);
		}).withConcurrency(3).list())
			.withMessage("Work on 4 shards failed: shard-0 cancelled, shard-1 failed"
					+ " (java.sql.SQLException: disk full), shard-2 cancelled, shard-3 not started")
			.withCause(failure)
			.satisfies((ex) -> assertThat(ex.outcomes().get("shard-3").state()).isEqualTo(State.NOT_STARTED));
		assertThat(reached(interrupted)).isTrue();
		assertThat(this.finished).containsExactly("4/1");
	}

	@Test
	void otherFailuresAreSuppressed() {
		CountDownLatch first = new CountDownLatch(1);
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> this.executor.gather(SHARDS, (shard) -> {
			if (!shard.equals("shard-2")) {
				first.await();
			}
			first.countDown();
			throw new IllegalStateException(shard);
		}).result())
			.satisfies((ex) -> assertThat(ex.getSuppressed()).extracting(Throwable::getMessage)
				.containsExactlyInAnyOrderElementsOf(
						SHARDS.stream().filter((shard) -> !shard.equals(ex.getCause().getMessage())).toList()));
	}

	@Test
	void partialResultLacksTheShardsThatFail() {
		Map<String, Throwable> failures = new LinkedHashMap<>();
		Gather<Integer> gather = this.executor.gather(SHARDS, (shard) -> {
			if (shard.equals("shard-0") || shard.equals("shard-2")) {
				throw new SQLException(shard);
			}
			return 1;
		});
		assertThat(gather.partial(failures::put).perShard()).containsOnlyKeys("shard-1", "shard-3");
		assertThat(failures.keySet()).containsExactly("shard-0", "shard-2");
		GatherResult<Integer> result = gather.result();
		assertThat(result.isComplete()).isFalse();
		assertThat(result.values()).containsOnlyKeys("shard-1", "shard-3");
		assertThat(result.errors().get("shard-2")).isInstanceOf(SQLException.class).hasMessage("shard-2");
		assertThat(this.finished).containsExactly("4/2", "4/2");
	}

	@Test
	void partialResultNeedsOneShard() {
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> this.executor.gather(SHARDS, (shard) -> {
			throw new SQLException("of " + shard);
		}).partial((shard, error) -> {
		}).list()).withMessageContaining("shard-3 failed (java.sql.SQLException: of shard-3)");
	}

	@Test
	void errorIsNeverLeftOut() {
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> this.executor.gather(SHARDS, (shard) -> {
			if (shard.equals("shard-1")) {
				throw new StackOverflowError();
			}
			return 1;
		}).result()).withCauseInstanceOf(StackOverflowError.class);
	}

	@Test
	void callerReturnsAtTheDeadlineAndTheLateResultIsDropped() {
		Gather<String> gather = this.executor.gather(SHARDS, (shard) -> {
			if (shard.equals("shard-2")) {
				hang();
			}
			return shard;
		}).withTimeout(Duration.ofMillis(100));
		assertThatExceptionOfType(GatherException.class).isThrownBy(gather::list)
			.withMessageStartingWith("Work on 4 shards has not ended within 100 ms: shard-0 done, shard-1 done,"
					+ " shard-2 timed out (org.springframework.dao.QueryTimeoutException: The work has not ended"
					+ " within 100 ms), shard-3 done");
		assertThat(this.executor.abandoned()).isEqualTo(1);
		assertThat(gather.result().values()).containsOnlyKeys("shard-0", "shard-1", "shard-3");
		assertThat(this.executor.abandoned()).isEqualTo(2);
		assertThat(this.finished).containsExactly("4/1", "4/1");
	}

	@Test
	void shardThatHangsTakesNoPlacesOfTheOthers() {
		GatherExecutor narrow = new GatherExecutor(new GatherOptions(Duration.ofMillis(50), 8, 2, 8), (shard) -> 1,
				GatherListener.NONE);
		Gather<String> gather = narrow.gather(SHARDS, (shard) -> {
			if (shard.equals("shard-0")) {
				hang();
			}
			return shard;
		});
		for (int index = 0; index < 10; index++) {
			assertThat(gather.result().values()).containsOnlyKeys("shard-1", "shard-2", "shard-3");
		}
		assertThat(narrow.running()).isEqualTo(2);
		assertThat(gather.result().errors().get("shard-0")).hasMessage("The work has not begun within 50 ms, since"
				+ " 2 branches run on shard-0, 2 of them although nobody waits for them any more");
		this.released.countDown();
		await().until(() -> narrow.running() == 0 && narrow.abandoned() == 0);
		assertThat(gather.withTimeout(Duration.ofSeconds(30)).list()).hasSize(4);
		narrow.close();
	}

	@Test
	void interruptOfTheCallerEndsTheWork() throws Exception {
		CountDownLatch begun = new CountDownLatch(4);
		CountDownLatch interrupted = new CountDownLatch(4);
		AtomicReference<Thread> thread = new AtomicReference<>();
		FutureTask<Boolean> caller = inThread(() -> {
			thread.set(Thread.currentThread());
			assertThatExceptionOfType(GatherException.class)
				.isThrownBy(
						() -> this.executor.gather(SHARDS, (shard) -> sleepUntilInterrupted(begun, interrupted)).list())
				.withMessageStartingWith("Work on 4 shards was given up, because its caller was interrupted");
			return Thread.interrupted();
		});
		assertThat(reached(begun)).isTrue();
		thread.get().interrupt();
		assertThat(caller.get(30, TimeUnit.SECONDS)).isTrue();
		assertThat(reached(interrupted)).isTrue();
	}

	@Test
	void interruptOfABranchDoesNotMeetTheNextTaskOfItsThread() {
		for (int round = 0; round < 300; round++) {
			this.executor.gather(SHARDS, (shard) -> {
				assertThat(Thread.currentThread().isInterrupted()).isFalse();
				return shard;
			}).list();
			CountDownLatch begun = new CountDownLatch(2);
			assertThatExceptionOfType(GatherException.class).isThrownBy(() -> this.executor.gather(SHARDS, (shard) -> {
				begun.countDown();
				begun.await();
				throw new SQLException("conflict");
			}).list());
			Gather<Boolean> gather = this.executor.gather(SHARDS, (shard) -> Thread.currentThread().isInterrupted());
			assertThat(gather.list()).containsOnly(false);
		}
	}

	@Test
	void gatherInsideOfABranchIsRefused() {
		Gather<Object> inner = this.executor.gather(SHARDS, (shard) -> shard);
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> this.executor.gather(List.of("shard-1"), (shard) -> inner.list()).list())
			.havingCause()
			.isInstanceOf(IllegalStateException.class)
			.withMessageContainingAll("started in the branch on shard-1 of another gather", "Gather before and hand",
					"runs on that shard already");
		assertThat(inner.list()).hasSize(4);
	}

	@Test
	void gatherInsideOfAReadWriteTransactionIsRefused() {
		AtomicInteger calls = new AtomicInteger();
		TransactionSynchronizationManager.setActualTransactionActive(true);
		TransactionSynchronizationManager.setCurrentTransactionName("Shop.order");
		try {
			assertThatExceptionOfType(CrossShardTransactionException.class)
				.isThrownBy(() -> this.executor.gather(SHARDS, (shard) -> calls.incrementAndGet()).list())
				.withMessageContainingAll("[shard-0, shard-1, shard-2, shard-3]", "'Shop.order'",
						"before the transaction begins or after", "NOT_SUPPORTED", "readOnly");
			assertThat(calls).hasValue(0);
			TransactionSynchronizationManager.setCurrentTransactionReadOnly(true);
			assertThat(this.executor
				.gather(SHARDS, (shard) -> TransactionSynchronizationManager.isActualTransactionActive())
				.list()).containsOnly(false);
		}
		finally {
			TransactionSynchronizationManager.clear();
		}
	}

	@Test
	void branchesRunInTheContextOfTheCaller() {
		ConsistencySession session = ConsistencySession.open();
		ClassLoader outer = Thread.currentThread().getContextClassLoader();
		ClassLoader loader = new ClassLoader(outer) {
		};
		Thread.currentThread().setContextClassLoader(loader);
		ContextRegistry.getInstance().registerThreadLocalAccessor("test", carried);
		carried.set("carried");
		inheritable.set("inherited");
		try {
			session.run(() -> RoutingContext.read().run(() -> this.executor.gather(SHARDS, (shard) -> {
				assertThat(ConsistencySession.current()).isSameAs(session);
				assertThat(RoutingContext.current().access()).isEqualTo(Access.READ);
				assertThat(RoutingContext.current().target()).isEqualTo(ShardTarget.ofShard(shard));
				assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
				assertThat(Thread.currentThread().isDaemon()).isTrue();
				assertThat(Thread.currentThread().getName()).matches("scaling-gather-\\d+");
				assertThat(carried.get()).isEqualTo("carried");
				assertThat(inheritable.get()).isNull();
				return shard;
			}).list()));
		}
		finally {
			ContextRegistry.getInstance().removeThreadLocalAccessor("test");
			carried.remove();
			inheritable.remove();
			Thread.currentThread().setContextClassLoader(outer);
		}
		this.executor.gather(SHARDS, (shard) -> {
			assertThat(carried.get()).isNull();
			assertThat(RoutingContext.current().access()).isNull();
			assertThat(ConsistencySession.current()).isNotSameAs(session);
			return shard;
		}).list();
	}

	@Test
	void someShardsAreAddressed() {
		Map<String, Integer> calls = new ConcurrentHashMap<>();
		Gather<Integer> gather = this.executor.gather(SHARDS, (shard) -> calls.merge(shard, 1, Integer::sum));
		assertThat(gather.withShards(List.of("shard-3", "shard-1", "shard-3")).perShard().keySet())
			.containsExactly("shard-1", "shard-3");
		assertThat(gather.withShards(List.of()).list()).isEmpty();
		assertThat(calls).containsOnlyKeys("shard-1", "shard-3");
		assertThatIllegalArgumentException().isThrownBy(() -> gather.withShards(List.of("shard-9")))
			.withMessage("There is no shard 'shard-9' among [shard-0, shard-1, shard-2, shard-3]");
		assertThatIllegalArgumentException().isThrownBy(() -> gather.withConcurrency(0));
		assertThatIllegalArgumentException().isThrownBy(() -> gather.withTimeout(Duration.ZERO));
	}

	@Test
	void closedExecutorRefusesWork() {
		this.executor.close();
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> this.executor.gather(SHARDS, (shard) -> shard).list())
			.withMessageContaining("have been closed");
	}

	@Test
	void consumerOfFailuresMayThrow() {
		assertThatIllegalStateException().isThrownBy(() -> this.executor.gather(SHARDS, (shard) -> {
			if (shard.equals("shard-1")) {
				throw new SQLException();
			}
			return shard;
		}).partial((shard, error) -> {
			throw new IllegalStateException(shard);
		}).list()).withMessage("shard-1");
	}

	private void hang() {
		boolean hanging = true;
		while (hanging) {
			try {
				this.released.await();
				hanging = false;
			}
			catch (InterruptedException ex) {
				// a statement does not notice either
			}
		}
	}

	private static boolean sleepUntilInterrupted(CountDownLatch begun, CountDownLatch interrupted)
			throws InterruptedException {
		begun.countDown();
		try {
			new CountDownLatch(1).await();
			return true;
		}
		catch (InterruptedException ex) {
			interrupted.countDown();
			throw ex;
		}
	}

	private static boolean reached(CountDownLatch latch) {
		try {
			return latch.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static <T> FutureTask<T> inThread(Callable<T> work) {
		FutureTask<T> task = new FutureTask<>(work);
		new Thread(task).start();
		return task;
	}

}
