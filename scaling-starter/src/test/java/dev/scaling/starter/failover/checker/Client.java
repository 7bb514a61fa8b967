package dev.scaling.starter.failover.checker;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.scaling.NodeUnavailableException;
import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.TransactionOutcomeUnknownException;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;
import dev.scaling.starter.consistency.Failures;
import dev.scaling.starter.failover.checker.Operation.Outcome;

import org.springframework.core.NestedExceptionUtils;

/**
 * Writes its own register, reads all of them, and changes between sessions, as fast as
 * the nodes can, with short pauses.
 */
final class Client implements Runnable {

	private static final int LONGEST_PAUSE_MILLISECONDS = 10;

	private final int number;

	private final RegisterStore store;

	private final History history;

	private final Mailbox mailbox;

	private final Random random;

	private final CountDownLatch stop;

	private ConsistencySession session = ConsistencySession.open();

	private int sessionNumber;

	private long value;

	Client(int number, RegisterStore store, History history, Mailbox mailbox, long seed, CountDownLatch stop) {
		this.number = number;
		this.store = store;
		this.history = history;
		this.mailbox = mailbox;
		this.random = new Random(seed + number);
		this.stop = stop;
		this.sessionNumber = mailbox.nextSession();
	}

	@Override
	public void run() {
		try {
			while (!this.stop.await(this.random.nextInt(LONGEST_PAUSE_MILLISECONDS), TimeUnit.MILLISECONDS)) {
				next();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void next() {
		int choice = this.random.nextInt(100);
		if (choice < 30) {
			this.session.run(this::write);
		}
		else if (choice < 85) {
			this.session.run(() -> read(false));
		}
		else if (choice < 90) {
			this.session.run(() -> read(true));
		}
		else if (choice < 94) {
			handOver();
		}
		else if (choice < 98) {
			takeOver();
		}
		else {
			beginSession(ConsistencySession.open());
		}
	}

	/**
	 * Writes, whatever the schedule of the client is.
	 * @return whether the write is known to be done
	 */
	boolean write() {
		long begin = System.nanoTime();
		this.value++;
		try {
			int timeline = this.store.write(this.number, this.value);
			this.history
				.add(Operation.write(this.sessionNumber, this.number, this.value, timeline, begin, this.store.place()));
			return true;
		}
		catch (RuntimeException ex) {
			this.history.add(Operation.failedWrite(this.sessionNumber, this.number, this.value, outcome(ex), begin,
					describe(ex)));
			return false;
		}
	}

	private void read(boolean rollBack) {
		long begin = System.nanoTime();
		try {
			Registers seen = rollBack ? this.store.readAndRollBack() : this.store.read();
			this.history.add(Operation.read(this.sessionNumber, this.number, seen, begin, this.store.place()));
		}
		catch (RuntimeException ex) {
			this.history.add(Operation.failedRead(this.sessionNumber, this.number, outcome(ex), begin, describe(ex)));
		}
	}

	private void handOver() {
		Mailbox.Letter letter = new Mailbox.Letter(this.mailbox.nextToken(), this.session.token().toString());
		this.history.add(Operation.handOver(this.sessionNumber, this.number, letter.number()));
		this.mailbox.put(letter);
	}

	private void takeOver() {
		Mailbox.Letter letter = this.mailbox.take();
		if (letter != null) {
			beginSession(ConsistencySession.open(ConsistencyToken.parse(letter.text())));
			this.history.add(Operation.takeOver(this.sessionNumber, this.number, letter.number()));
		}
	}

	private void beginSession(ConsistencySession session) {
		this.session = session;
		this.sessionNumber = this.mailbox.nextSession();
	}

	private static Outcome outcome(RuntimeException ex) {
		if (Failures.find(ex, TransactionOutcomeUnknownException.class).isPresent()) {
			return Outcome.UNKNOWN;
		}
		return (Failures.find(ex, NodeUnavailableException.class).isPresent()
				|| Failures.find(ex, ReadOnlyTransactionException.class).isPresent()) ? Outcome.NOT_DONE
						: Outcome.UNKNOWN;
	}

	private static String describe(RuntimeException ex) {
		StringBuilder names = new StringBuilder();
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			names.append(cause.getClass().getSimpleName()).append(' ');
		}
		return names + String.valueOf(NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
	}

}
