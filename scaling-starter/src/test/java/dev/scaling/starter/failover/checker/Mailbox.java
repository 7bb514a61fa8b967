package dev.scaling.starter.failover.checker;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Tokens that clients have put aside for each other, and the numbers of sessions and
 * tokens. Thread-safe.
 */
final class Mailbox {

	private static final int CAPACITY = 16;

	private final BlockingQueue<Letter> letters = new LinkedBlockingQueue<>(CAPACITY);

	private final AtomicInteger sessions = new AtomicInteger();

	private final AtomicLong tokens = new AtomicLong();

	int nextSession() {
		return this.sessions.incrementAndGet();
	}

	long nextToken() {
		return this.tokens.incrementAndGet();
	}

	/**
	 * Puts a token aside, unless there are many.
	 */
	void put(Letter letter) {
		this.letters.offer(letter);
	}

	@Nullable Letter take() {
		return this.letters.poll();
	}

	/**
	 * A token.
	 *
	 * @param number the number of the token
	 * @param text its text
	 */
	record Letter(long number, String text) {

	}

}
