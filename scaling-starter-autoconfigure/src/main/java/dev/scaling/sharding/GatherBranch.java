package dev.scaling.sharding;

import java.util.concurrent.Callable;
import java.util.function.Consumer;

import dev.scaling.routing.DelegatedWork;
import org.jspecify.annotations.Nullable;

/**
 * Work on one shard, as a part of work on many. Thread-safe.
 *
 * @param <T> the type of the result
 */
final class GatherBranch<T extends @Nullable Object> implements Runnable {

	private final String shard;

	private final ShardGate gate;

	private final boolean merge;

	private final Callable<T> work;

	private final Consumer<GatherBranch<T>> ended;

	private final DelegatedWork delegated = new DelegatedWork();

	private State state = State.WAITING;

	private @Nullable T value;

	private @Nullable Throwable error;

	private @Nullable Thread thread;

	/**
	 * Creates a branch.
	 * @param shard the name of the shard
	 * @param gate the gate of the shard
	 * @param merge whether the branch has a place for merges
	 * @param work the work
	 * @param ended is told that the branch has ended, unless it is cancelled before it
	 * begins
	 */
	GatherBranch(String shard, ShardGate gate, boolean merge, Callable<T> work, Consumer<GatherBranch<T>> ended) {
		this.shard = shard;
		this.gate = gate;
		this.merge = merge;
		this.work = work;
		this.ended = ended;
	}

	String shard() {
		return this.shard;
	}

	ShardGate gate() {
		return this.gate;
	}

	/**
	 * The result, once the branch is done.
	 */
	@SuppressWarnings("NullAway") // a result may be null
	synchronized T value() {
		return this.value;
	}

	/**
	 * Why the branch has failed, once it has.
	 */
	synchronized @Nullable Throwable error() {
		return this.error;
	}

	void start() {
		if (this.merge) {
			this.gate.startMerge(this);
		}
		else {
			this.gate.submit(this);
		}
	}

	@Override
	public void run() {
		if (!begin()) {
			leave();
			return;
		}
		try {
			end(State.DONE, this.delegated.<T, Exception>call(this.work::call), null);
		}
		catch (Throwable ex) {
			end(State.FAILED, null, ex);
		}
		// A late interrupt of this branch must not meet the next task of the thread.
		Thread.interrupted();
		leave();
		this.ended.accept(this);
	}

	/**
	 * Fails the branch, which could not be started.
	 */
	void reject(Throwable error) {
		end(State.FAILED, null, error);
		this.ended.accept(this);
	}

	private synchronized boolean begin() {
		if (this.state != State.WAITING) {
			return false;
		}
		this.state = State.RUNNING;
		this.thread = Thread.currentThread();
		return true;
	}

	private synchronized void end(State state, @Nullable T value, @Nullable Throwable error) {
		this.thread = null;
		if (this.state == State.ABANDONED) {
			this.gate.abandoned(-1);
		}
		else if (this.state != State.CANCELLED) {
			this.state = state;
			this.value = value;
			this.error = error;
		}
	}

	private void leave() {
		if (this.merge) {
			this.gate.leaveMerge();
		}
		else {
			this.gate.leave();
		}
	}

	/**
	 * Gives the branch up, unless it has ended: it does not begin any more, or its result
	 * is dropped.
	 * @param stop whether to cancel the statement that the server is executing, which
	 * costs the connection, or else to interrupt the thread
	 * @return what the branch was in before
	 */
	State cancel(boolean stop) {
		State before = abandon(stop);
		if (before == State.WAITING) {
			this.gate.remove(this);
		}
		return before;
	}

	private synchronized State abandon(boolean stop) {
		State before = this.state;
		if (before == State.WAITING) {
			this.state = State.CANCELLED;
		}
		else if (before == State.RUNNING && this.thread != null) {
			this.state = State.ABANDONED;
			this.gate.abandoned(1);
			if (stop && this.delegated.giveUp(this.gate.threads())) {
				this.thread.interrupt();
			}
		}
		return before;
	}

	@Override
	public String toString() {
		return "Branch on " + this.shard;
	}

	/**
	 * Where a branch is.
	 */
	enum State {

		/**
		 * It has not begun.
		 */
		WAITING,

		/**
		 * It is under way.
		 */
		RUNNING,

		/**
		 * It has a result.
		 */
		DONE,

		/**
		 * It has failed.
		 */
		FAILED,

		/**
		 * It will never begin.
		 */
		CANCELLED,

		/**
		 * It was given up while it was under way.
		 */
		ABANDONED

	}

}
