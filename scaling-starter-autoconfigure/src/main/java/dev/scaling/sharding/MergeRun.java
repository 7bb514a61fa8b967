package dev.scaling.sharding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import dev.scaling.GatherException.Outcome;
import dev.scaling.GatherException.State;
import dev.scaling.ShardReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads many shards at the same time and merges their rows, once. The thread of the
 * caller merges.
 *
 * @param <E> the type of the rows
 */
final class MergeRun<E> {

	/**
	 * How long the caller waits for the readers to see that it has enough rows: they end
	 * sooner, unless they are within a statement, and an interrupt would cost a
	 * connection.
	 */
	private static final long GRACE = TimeUnit.SECONDS.toNanos(1);

	private final FanOutSettings settings;

	private final Comparator<? super E> order;

	private final List<ShardGate> gates;

	private final List<RowQueue<E>> queues = new ArrayList<>();

	private final List<GatherBranch<?>> branches = new ArrayList<>();

	private final CountDownLatch ended;

	/**
	 * The failures of the readers, by shard: not those with which they stop.
	 */
	private final Map<String, Throwable> errors = new ConcurrentHashMap<>();

	private final AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();

	private volatile boolean failed;

	/**
	 * The shards that had not given all their rows at the deadline when some of the
	 * missing ones were needed.
	 */
	private final Set<String> late = new HashSet<>();

	private boolean expired;

	/**
	 * Whether the caller has all the rows that it can get.
	 */
	private boolean merged;

	private String refusal = "another one was waited for";

	private long begun;

	MergeRun(GatherExecutor executor, FanOutSettings settings, int capacity, ShardReader<E> reader,
			Comparator<? super E> order) {
		this.settings = settings;
		this.order = order;
		this.gates = settings.shards().stream().sorted().map(executor::gate).toList();
		this.ended = new CountDownLatch(settings.shards().size());
		GatherContext context = GatherContext.capture(settings.shards());
		for (String shard : settings.shards()) {
			RowQueue<E> queue = new RowQueue<>(shard, capacity, order);
			this.queues.add(queue);
			this.branches.add(new GatherBranch<>(shard, executor.gate(shard), true,
					() -> context.call(shard, (name) -> read(reader, name, queue)), (branch) -> ended(branch, queue)));
		}
	}

	private static <E> boolean read(ShardReader<E> reader, String shard, RowQueue<E> queue) throws Exception {
		reader.read(shard, queue);
		return true;
	}

	/**
	 * Called by the thread of the branch.
	 */
	private void ended(GatherBranch<?> branch, RowQueue<E> queue) {
		Throwable error = branch.error();
		if (error != null && !queue.isStopped()) {
			this.errors.put(branch.shard(), error);
			this.firstError.compareAndSet(null, error);
			if (!this.settings.isPartial() || !FanOutEnd.isTolerable(error)) {
				this.failed = true;
				this.queues.forEach(RowQueue::stop);
			}
		}
		queue.end();
		this.ended.countDown();
	}

	void run(GatherListener listener, long offset, long limit, Consumer<? super E> rows) {
		this.begun = System.nanoTime();
		FanOutEnd end = FanOutEnd.DONE;
		Map<String, Outcome> outcomes = new LinkedHashMap<>();
		try {
			enter();
			this.branches.forEach(GatherBranch::start);
			merge(offset, limit, rows);
			this.merged = true;
		}
		catch (EndException ex) {
			end = ex.end;
		}
		finally {
			this.queues.forEach(RowQueue::stop);
			if (end == FanOutEnd.DONE && !this.expired) {
				awaitReaders();
			}
			for (int index = 0; index < this.branches.size(); index++) {
				GatherBranch<?> branch = this.branches.get(index);
				outcomes.put(branch.shard(), outcome(branch, this.queues.get(index), end));
			}
			listener.finished(outcomeForCaller(outcomes), System.nanoTime() - this.begun, outcomes.keySet(),
					GatherRun.failures(outcomes));
		}
		finish(end, outcomes);
	}

	/**
	 * Takes a place on each shard, in the same order as all other merges do.
	 */
	private void enter() {
		int entered = 0;
		try {
			for (ShardGate gate : this.gates) {
				if (!gate.enterMerge(left())) {
					this.refusal = gate.describeMerges();
					throw new EndException(FanOutEnd.DEADLINE);
				}
				entered++;
			}
			entered = 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new EndException(FanOutEnd.INTERRUPT);
		}
		finally {
			this.gates.subList(0, entered).forEach(ShardGate::leaveMerge);
		}
	}

	private void merge(long offset, long limit, Consumer<? super E> rows) {
		List<RowSource<E>> sources = new ArrayList<>();
		for (RowQueue<E> queue : this.queues) {
			sources.add(() -> next(queue));
		}
		GatherContext.callIn("the consumer of the rows", () -> {
			new KWayMerge<>(sources, this.order).merge(offset, limit, rows);
			return true;
		});
	}

	private @Nullable E next(RowQueue<E> queue) {
		E row = queue.poll();
		if (row == null) {
			fill(queue);
			row = queue.poll();
		}
		if (this.failed) {
			throw new EndException(FanOutEnd.FAILURE);
		}
		if (row == null && queue.isIncomplete()) {
			this.late.add(queue.shard());
		}
		return row;
	}

	private void fill(RowQueue<E> queue) {
		try {
			boolean changed = queue.fill(left());
			if (!this.expired && !this.failed && (!changed || left() <= 0)) {
				expire();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new EndException(FanOutEnd.INTERRUPT);
		}
	}

	/**
	 * The time is up: a partial result still gets the rows that are there.
	 */
	private void expire() {
		if (!this.settings.isPartial()) {
			throw new EndException(FanOutEnd.DEADLINE);
		}
		this.expired = true;
		this.queues.forEach(RowQueue::stop);
	}

	private long left() {
		return this.settings.timeoutNanos() - (System.nanoTime() - this.begun);
	}

	private void awaitReaders() {
		try {
			this.ended.await(Math.min(GRACE, left()), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Outcome outcome(GatherBranch<?> branch, RowQueue<E> queue, FanOutEnd end) {
		GatherBranch.State state = branch.cancel(!queue.endsByItself());
		Throwable error = this.errors.get(branch.shard());
		if (error != null) {
			return new Outcome(State.FAILED, error);
		}
		if (this.late.contains(branch.shard())) {
			return FanOutEnd.DEADLINE.notEnded(this.settings);
		}
		if (end == FanOutEnd.DONE || (state == GatherBranch.State.DONE && !queue.isCut())) {
			return new Outcome(State.DONE, null);
		}
		return (state == GatherBranch.State.WAITING) ? end.notBegun(this.settings, this.refusal)
				: end.notEnded(this.settings);
	}

	private GatherListener.Outcome outcomeForCaller(Map<String, Outcome> outcomes) {
		long missing = outcomes.values().stream().filter((outcome) -> outcome.error() != null).count();
		if (!this.merged || (missing > 0 && missing == outcomes.size())) {
			return GatherListener.Outcome.FAILED;
		}
		return (missing > 0) ? GatherListener.Outcome.PARTIAL : GatherListener.Outcome.COMPLETE;
	}

	private void finish(FanOutEnd end, Map<String, Outcome> outcomes) {
		Map<String, Throwable> missing = new LinkedHashMap<>();
		outcomes.forEach((shard, outcome) -> {
			Throwable error = outcome.error();
			if (error != null) {
				missing.put(shard, error);
			}
		});
		if (end != FanOutEnd.DONE || (!missing.isEmpty() && missing.size() == outcomes.size())) {
			throw ((end == FanOutEnd.DONE && this.expired) ? FanOutEnd.DEADLINE : end).exception(this.settings,
					outcomes, this.firstError.get());
		}
		this.settings.report(missing);
	}

	/**
	 * Leaves the merge.
	 */
	@SuppressWarnings("serial")
	private static final class EndException extends RuntimeException {

		private final FanOutEnd end;

		EndException(FanOutEnd end) {
			super(end.name(), null, false, false);
			this.end = end;
		}

	}

}
