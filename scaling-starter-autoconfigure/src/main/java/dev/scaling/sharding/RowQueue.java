package dev.scaling.sharding;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Rows of one shard on their way to a merge. The reader waits when it is too far ahead.
 * The merge takes all rows that are there at once, so there are at most twice as many as
 * the capacity.
 *
 * @param <E> the type of the rows
 */
final class RowQueue<E> implements Consumer<E> {

	private final String shard;

	private final int capacity;

	private final Comparator<? super E> order;

	private final Lock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Condition taken = this.lock.newCondition();

	/**
	 * The rows that the merge has taken: only used by its thread.
	 */
	private Deque<E> current = new ArrayDeque<>();

	private Deque<E> rows = new ArrayDeque<>();

	private @Nullable E last;

	private long number;

	private boolean ended;

	private boolean stopped;

	private boolean cut;

	private boolean waiting;

	RowQueue(String shard, int capacity, Comparator<? super E> order) {
		this.shard = shard;
		this.capacity = capacity;
		this.order = order;
	}

	String shard() {
		return this.shard;
	}

	@Override
	public void accept(E row) {
		Assert.notNull(row, () -> "A row of " + this.shard + " is null");
		this.lock.lock();
		try {
			awaitPlace();
			this.number++;
			if (this.last != null && this.order.compare(this.last, row) > 0) {
				throw new RowOrderException(this.shard, this.number);
			}
			this.last = row;
			this.rows.add(row);
			if (this.rows.size() == 1) {
				this.changed.signal();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void awaitPlace() {
		try {
			this.waiting = true;
			while (this.rows.size() >= this.capacity && !this.stopped) {
				this.taken.await();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new CancellationException("Interrupted while the other shards were behind");
		}
		finally {
			this.waiting = false;
		}
		if (this.stopped) {
			this.cut = true;
			throw new NoMoreRowsException();
		}
		Assert.state(!this.ended, () -> "A row of " + this.shard + " came after its reader had returned");
	}

	/**
	 * Says that the reader gives no further rows.
	 */
	void end() {
		this.lock.lock();
		try {
			this.ended = true;
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Says that no further rows are wanted of the reader, and none waited for.
	 */
	void stop() {
		this.lock.lock();
		try {
			this.stopped = true;
			this.taken.signal();
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isStopped() {
		this.lock.lock();
		try {
			return this.stopped;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the reader has not given all its rows.
	 */
	boolean isIncomplete() {
		this.lock.lock();
		try {
			return !this.ended || this.cut;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the reader was told to stop when it had another row.
	 */
	boolean isCut() {
		this.lock.lock();
		try {
			return this.cut;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether a reader that was told to stop knows it already.
	 */
	boolean endsByItself() {
		this.lock.lock();
		try {
			return this.waiting || this.cut || this.ended;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes one of the rows that {@link #fill} has brought.
	 */
	@Nullable E poll() {
		return this.current.poll();
	}

	/**
	 * Waits until the reader has given rows, has ended or was told to stop, and brings
	 * the rows for {@link #poll}.
	 * @param nanos how long to wait
	 * @return {@code false} if nothing of it has happened in time
	 */
	boolean fill(long nanos) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = nanos;
			while (this.rows.isEmpty() && !this.ended && !this.stopped && left > 0) {
				left = this.changed.awaitNanos(left);
			}
			boolean changed = !this.rows.isEmpty() || this.ended || this.stopped;
			Deque<E> rows = this.rows;
			this.rows = this.current;
			this.current = rows;
			this.taken.signal();
			return changed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends a reader of whom no more rows are wanted.
	 */
	@SuppressWarnings("serial")
	private static final class NoMoreRowsException extends RuntimeException {

		NoMoreRowsException() {
			super("No more rows are wanted: the merge has enough or has ended", null, false, false);
		}

	}

}
