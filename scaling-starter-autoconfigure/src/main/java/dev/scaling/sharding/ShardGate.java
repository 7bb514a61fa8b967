package dev.scaling.sharding;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Limits how many branches run on a shard at the same time. Each shard has its own, so
 * that one that hangs does not take the places of the others.
 * <p>
 * A branch of plain work waits in a queue that needs no thread, and holds nothing. The
 * branches of a merge need all shards at once: their merge takes a place on each of them
 * in one order for all merges before any branch begins, so merges never wait for each
 * other in a circle, neither for places nor, as there are no more places than
 * connections, for connections.
 */
final class ShardGate {

	private final String shard;

	private final Executor threads;

	private final int limit;

	private final int mergeLimit;

	private final Semaphore merges;

	private final AtomicInteger abandoned = new AtomicInteger();

	private final Deque<GatherBranch<?>> waiting = new ArrayDeque<>();

	private int running;

	ShardGate(String shard, Executor threads, int limit, int mergeLimit) {
		this.shard = shard;
		this.threads = threads;
		this.limit = limit;
		this.mergeLimit = mergeLimit;
		this.merges = new Semaphore(mergeLimit, true);
	}

	/**
	 * Runs a branch as soon as there is a place for it.
	 */
	void submit(GatherBranch<?> branch) {
		synchronized (this) {
			if (this.running == this.limit) {
				this.waiting.add(branch);
				return;
			}
			this.running++;
		}
		if (!start(branch)) {
			leave();
		}
	}

	/**
	 * Runs a branch of a merge, which has a place already.
	 */
	void startMerge(GatherBranch<?> branch) {
		if (!start(branch)) {
			this.merges.release();
		}
	}

	private boolean start(GatherBranch<?> branch) {
		try {
			this.threads.execute(branch);
			return true;
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			branch.reject(ex);
			return false;
		}
	}

	synchronized void remove(GatherBranch<?> branch) {
		this.waiting.remove(branch);
	}

	/**
	 * A branch has ended: its place is the one of the branch that has waited longest.
	 */
	void leave() {
		GatherBranch<?> next = next();
		while (next != null && !start(next)) {
			next = next();
		}
	}

	private synchronized @Nullable GatherBranch<?> next() {
		GatherBranch<?> next = this.waiting.poll();
		if (next == null) {
			this.running--;
		}
		return next;
	}

	boolean enterMerge(long nanos) throws InterruptedException {
		return this.merges.tryAcquire(nanos, TimeUnit.NANOSECONDS);
	}

	void leaveMerge() {
		this.merges.release();
	}

	Executor threads() {
		return this.threads;
	}

	void abandoned(int change) {
		this.abandoned.addAndGet(change);
	}

	int abandoned() {
		return this.abandoned.get();
	}

	synchronized int running() {
		return this.running + this.mergeLimit - this.merges.availablePermits();
	}

	synchronized int waiting() {
		return this.waiting.size();
	}

	String describe() {
		return running() + " branches run on " + this.shard + ", " + abandoned()
				+ " of them although nobody waits for them any more";
	}

	String describeMerges() {
		return (this.mergeLimit - this.merges.availablePermits()) + " of " + this.mergeLimit + " merges that may read "
				+ this.shard + " at the same time do";
	}

}
