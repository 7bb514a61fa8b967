package dev.scaling.benchmarks.race;

/**
 * How long to measure.
 */
enum Effort {

	/**
	 * To see that it works: the figures mean nothing.
	 */
	SMOKE(1, 0, 100),

	/**
	 * To see where one is.
	 */
	QUICK(5, 2, 300),

	/**
	 * For figures to publish.
	 */
	FULL(9, 3, 500);

	private final int rounds;

	private final int warmUpRounds;

	private final int millis;

	Effort(int rounds, int warmUpRounds, int millis) {
		this.rounds = rounds;
		this.warmUpRounds = warmUpRounds;
		this.millis = millis;
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
