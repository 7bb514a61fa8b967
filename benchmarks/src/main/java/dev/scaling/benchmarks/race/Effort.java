package dev.scaling.benchmarks.race;

/**
 * How long to measure.
 */
enum Effort {

	/**
	 * To see that it works: the figures mean nothing.
	 */
	SMOKE(1, 1, 0, 100),

	/**
	 * To see where one is.
	 */
	QUICK(1, 5, 1, 300),

	/**
	 * For figures to publish.
	 */
	FULL(3, 9, 1, 500);

	private final int starts;

	private final int rounds;

	private final int warmUpRounds;

	private final int millis;

	Effort(int starts, int rounds, int warmUpRounds, int millis) {
		this.starts = starts;
		this.rounds = rounds;
		this.warmUpRounds = warmUpRounds;
		this.millis = millis;
	}

	/**
	 * How often contenders are started that are measured by rates: each process is
	 * compiled in another way, and is some percent faster or slower than the one before.
	 * @return the number, of which the number of rounds is a multiple
	 */
	int starts() {
		return this.starts;
	}

	/**
	 * The number of rounds that count.
	 * @return the number
	 */
	int rounds() {
		return this.rounds;
	}

	/**
	 * The number of rounds before those.
	 * @return the number
	 */
	int warmUpRounds() {
		return this.warmUpRounds;
	}

	/**
	 * How long a contender is measured in a round.
	 * @return milliseconds
	 */
	int millis() {
		return this.millis;
	}

}
