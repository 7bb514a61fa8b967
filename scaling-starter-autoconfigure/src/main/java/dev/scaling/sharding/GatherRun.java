package dev.scaling.sharding;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.scaling.GatherException;
import dev.scaling.GatherException.Outcome;
import dev.scaling.GatherException.State;
import dev.scaling.GatherResult;
import dev.scaling.ShardWork;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on many shards once. The thread of the caller starts the branches and waits
 * for them.
 *
 * @param <T> the type of the result of a shard
 */
final class GatherRun<T extends @Nullable Object> {

	private final FanOutSettings settings;

	private final boolean partial;

	private final List<GatherBranch<T>> branches = new ArrayList<>();

	private final BlockingQueue<GatherBranch<T>> ended = new LinkedBlockingQueue<>();

	private @Nullable Throwable firstError;

	GatherRun(GatherExecutor executor, FanOutSettings settings, boolean partial, ShardWork<? extends T> work) {
		this.settings = settings;
		this.partial = partial;
		GatherContext context = GatherContext.capture(settings.shards());
		for (String shard : settings.shards()) {
			this.branches.add(new GatherBranch<>(shard, executor.gate(shard), false, () -> context.call(shard, work),
					this.ended::add));
		}
	}

	GatherResult<T> run(GatherListener listener) {
		long begun = System.nanoTime();
		FanOutEnd end = FanOutEnd.INTERRUPT;
		Map<String, Outcome> outcomes = new LinkedHashMap<>();
		try {
			end = await(begun);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			for (GatherBranch<T> branch : this.branches) {
				outcomes.put(branch.shard(), outcome(branch, end));
			}
			listener.finished(outcomeForCaller(end, outcomes), System.nanoTime() - begun, outcomes.keySet(),
					failures(outcomes));
		}
		return result(end, outcomes);
	}

	private Outcome outcome(GatherBranch<T> branch, FanOutEnd end) {
		return switch (branch.cancel(true)) {
			case DONE -> new Outcome(State.DONE, null);
			case FAILED -> new Outcome(State.FAILED, branch.error());
			case RUNNING, ABANDONED -> end.notEnded(this.settings);
			case WAITING, CANCELLED -> end.notBegun(this.settings, branch.gate().describe());
		};
	}

	static List<String> failures(Map<String, Outcome> outcomes) {
		return outcomes.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().state() == State.FAILED || entry.getValue().state() == State.TIMED_OUT)
			.map(Map.Entry::getKey)
			.toList();
	}

	private GatherListener.Outcome outcomeForCaller(FanOutEnd end, Map<String, Outcome> outcomes) {
		if (outcomes.values().stream().allMatch((outcome) -> outcome.state() == State.DONE)) {
			return GatherListener.Outcome.COMPLETE;
		}
		return isEnough(end, outcomes) ? GatherListener.Outcome.PARTIAL : GatherListener.Outcome.FAILED;
	}

	/**
	 * Whether the caller gets what there is.
	 */
	private boolean isEnough(FanOutEnd end, Map<String, Outcome> outcomes) {
		long done = outcomes.values().stream().filter((outcome) -> outcome.state() == State.DONE).count();
		return done == outcomes.size() || (this.partial && done > 0 && end != FanOutEnd.INTERRUPT
				&& outcomes.values().stream().map(Outcome::error).allMatch(FanOutEnd::isTolerable));
	}

	private FanOutEnd await(long begun) throws InterruptedException {
		int running = 0;
		int next = 0;
		while (next < this.branches.size() || running > 0) {
			while (next < this.branches.size() && running < this.settings.concurrency()) {
				this.branches.get(next).start();
				next++;
				running++;
			}
			GatherBranch<T> branch = this.ended.poll(this.settings.timeoutNanos() - (System.nanoTime() - begun),
					TimeUnit.NANOSECONDS);
			if (branch == null) {
				return FanOutEnd.DEADLINE;
			}
			running--;
			Throwable error = branch.error();
			if (error != null) {
				this.firstError = (this.firstError != null) ? this.firstError : error;
				if (!this.partial || !FanOutEnd.isTolerable(error)) {
					return FanOutEnd.FAILURE;
				}
			}
		}
		return FanOutEnd.DONE;
	}

	private GatherResult<T> result(FanOutEnd end, Map<String, Outcome> outcomes) throws GatherException {
		Map<String, T> values = new LinkedHashMap<>();
		Map<String, Throwable> errors = new LinkedHashMap<>();
		for (GatherBranch<T> branch : this.branches) {
			Outcome outcome = outcomes.get(branch.shard());
			if (outcome != null && outcome.state() == State.DONE) {
				values.put(branch.shard(), branch.value());
			}
			else if (outcome != null && outcome.error() != null) {
				errors.put(branch.shard(), outcome.error());
			}
		}
		if (!isEnough(end, outcomes)) {
			throw end.exception(this.settings, outcomes, this.firstError);
		}
		return new GatherResult<>(values, errors);
	}

}
