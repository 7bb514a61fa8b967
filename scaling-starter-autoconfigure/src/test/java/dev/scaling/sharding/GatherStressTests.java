package dev.scaling.sharding;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.scaling.GatherException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Plain gathers, merges, failures and deadlines of many threads at the same time, with
 * pools that have hardly a connection.
 */
@Timeout(120)
class GatherStressTests {

	private static final List<String> SHARDS = List.of("shard-0", "shard-1", "shard-2", "shard-3");

	private static final int THREADS = 16;

	private static final int ROUNDS = 150;

	private final Map<String, Semaphore> pools = new ConcurrentHashMap<>();

	private final AtomicInteger connectionTimeouts = new AtomicInteger();

	private final AtomicInteger results = new AtomicInteger();

	private final AtomicInteger failures = new AtomicInteger();

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void nothingWaitsInACircleAndNothingIsLost(int connections) throws Exception {
		SHARDS.forEach((shard) -> this.pools.put(shard, new Semaphore(connections, true)));
		GatherExecutor executor = new GatherExecutor(new GatherOptions(Duration.ofSeconds(60), 3, 8, 4),
				(shard) -> connections, GatherListener.NONE);
		List<FutureTask<Boolean>> callers = new ArrayList<>();
		for (int index = 0; index < THREADS; index++) {
			Random random = new Random(index);
			callers.add(inThread(() -> {
				for (int round = 0; round < ROUNDS; round++) {
					work(executor, random);
				}
				return true;
			}));
		}
		for (FutureTask<Boolean> caller : callers) {
			assertThat(caller.get(100, TimeUnit.SECONDS)).isTrue();
		}
		await().untilAsserted(() -> {
			assertThat(executor.running()).isZero();
			assertThat(executor.waiting()).isZero();
			assertThat(executor.abandoned()).isZero();
		});
		SHARDS
			.forEach((shard) -> assertThat(this.pools.get(shard).availablePermits()).as(shard).isEqualTo(connections));
		assertThat(this.connectionTimeouts).as("branches that found no connection").hasValue(0);
		assertThat(this.results).hasValueGreaterThan(THREADS * ROUNDS / 3);
		assertThat(this.failures).hasValueGreaterThan(THREADS * ROUNDS / 20);
		executor.close();
		await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
			.noneMatch((thread) -> thread.getName().startsWith("scaling-gather-")));
	}

	private void work(GatherExecutor executor, Random random) {
		List<String> shards = new ArrayList<>(SHARDS);
		Collections.shuffle(shards, random);
		boolean fails = random.nextInt(8) == 0;
		boolean late = random.nextInt(8) == 0;
		Duration timeout = late ? Duration.ofMillis(1 + random.nextInt(3)) : Duration.ofSeconds(60);
		boolean partial = random.nextBoolean();
		try {
			if (random.nextBoolean()) {
				var gather = executor.gather(shards, (shard) -> connected(shard, () -> {
					if (fails && shard.equals("shard-2")) {
						throw new SQLException("of the test");
					}
					LockSupport.parkNanos(100_000);
					return shard;
				})).withTimeout(timeout);
				int size = (partial ? gather.result().values() : gather.perShard()).size();
				assertThat(size).isLessThanOrEqualTo(SHARDS.size());
				assertThat(partial || size == SHARDS.size()).isTrue();
			}
			else {
				int limit = random.nextInt(60);
				var gather = executor
					.<Integer>gatherSorted(shards, Comparator.naturalOrder(), (shard, rows) -> connected(shard, () -> {
						for (int row = 0; row < 30; row++) {
							rows.accept(row);
							if (fails && row == 10 && shard.equals("shard-1")) {
								throw new SQLException("of the test");
							}
						}
						return true;
					}))
					.withTimeout(timeout);
				gather = partial ? gather.partial((shard, error) -> assertThat(error).isNotNull()) : gather;
				List<Integer> rows = gather.list(5, limit);
				assertThat(rows).isSorted();
				assertThat(partial || rows.size() == limit).isTrue();
			}
			this.results.incrementAndGet();
		}
		catch (GatherException ex) {
			assertThat(fails || late).as(() -> "Unexpected: " + ex).isTrue();
			this.failures.incrementAndGet();
		}
	}

	/**
	 * Calls work with a connection of the shard's pool, as a transaction does.
	 */
	private <T> T connected(String shard, Callable<T> work) throws Exception {
		Semaphore pool = this.pools.get(shard);
		if (!pool.tryAcquire(30, TimeUnit.SECONDS)) {
			this.connectionTimeouts.incrementAndGet();
			throw new SQLTransientConnectionException("No connection to " + shard);
		}
		try {
			return work.call();
		}
		finally {
			pool.release();
		}
	}

	private static <T> FutureTask<T> inThread(Callable<T> work) {
		FutureTask<T> task = new FutureTask<>(work);
		new Thread(task).start();
		return task;
	}

}
