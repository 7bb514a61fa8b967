package dev.scaling.starter.failover.checker;

import org.jspecify.annotations.Nullable;

/**
 * What a client has done, and what came of it.
 *
 * @param session the number of the session
 * @param kind what was done
 * @param client the client, and the register that it writes
 * @param outcome what came of it
 * @param begin when it was called, in nanoseconds
 * @param end when it returned, in nanoseconds
 * @param number the value of a write, or the number of a token
 * @param timeline the timeline on which a write was done, else 0
 * @param seen what a read has returned, or {@code null}
 * @param place where it was done, or why it failed
 */
record Operation(int session, Kind kind, int client, Outcome outcome, long begin, long end, long number, int timeline,
		@Nullable Registers seen, String place) {

	static Operation write(int session, int client, long value, int timeline, long begin, String place) {
		return new Operation(session, Kind.WRITE, client, Outcome.DONE, begin, System.nanoTime(), value, timeline, null,
				place);
	}

	static Operation failedWrite(int session, int client, long value, Outcome outcome, long begin, String failure) {
		return new Operation(session, Kind.WRITE, client, outcome, begin, System.nanoTime(), value, 0, null, failure);
	}

	static Operation read(int session, int client, Registers seen, long begin, String place) {
		return new Operation(session, Kind.READ, client, Outcome.DONE, begin, System.nanoTime(), 0, 0, seen, place);
	}

	static Operation failedRead(int session, int client, Outcome outcome, long begin, String failure) {
		return new Operation(session, Kind.READ, client, outcome, begin, System.nanoTime(), 0, 0, null, failure);
	}

	static Operation handOver(int session, int client, long token) {
		long now = System.nanoTime();
		return new Operation(session, Kind.HAND_OVER, client, Outcome.DONE, now, now, token, 0, null, "");
	}

	static Operation takeOver(int session, int client, long token) {
		long now = System.nanoTime();
		return new Operation(session, Kind.TAKE_OVER, client, Outcome.DONE, now, now, token, 0, null, "");
	}

	boolean isDone() {
		return this.outcome == Outcome.DONE;
	}

	@Override
	public String toString() {
		return "%s %s of client %d in session %d, value or token %d, timeline %d, saw %s, %s".formatted(this.outcome,
				this.kind, this.client, this.session, this.number, this.timeline, this.seen, this.place);
	}

	/**
	 * What was done.
	 */
	enum Kind {

		/**
		 * The client has set its register.
		 */
		WRITE,

		/**
		 * The client has read all registers.
		 */
		READ,

		/**
		 * The client has put the token of its session aside.
		 */
		HAND_OVER,

		/**
		 * The client has begun a session with a token.
		 */
		TAKE_OVER

	}

	/**
	 * What came of it.
	 */
	enum Outcome {

		/**
		 * It returned.
		 */
		DONE,

		/**
		 * It failed, and the exception says that nothing was committed.
		 */
		NOT_DONE,

		/**
		 * It failed, and may have been committed.
		 */
		UNKNOWN

	}

}
