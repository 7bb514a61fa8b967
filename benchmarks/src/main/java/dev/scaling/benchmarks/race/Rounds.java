package dev.scaling.benchmarks.race;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Rounds in which the contenders take turns in random order, because a machine that
 * others use may be slower in one second than in the next.
 */
final class Rounds {

	private Rounds() {
	}

	/**
	 * Measures.
	 * @param effort the number of rounds
	 * @param lanes the contenders
	 * @param measure runs a contender once and returns the figure
	 * @param take takes a figure of a round that counts
	 */
	static void run(Effort effort, List<Lane> lanes, Function<Lane, Double> measure, Taker take) {
		run(effort.warmUpRounds(), 0, effort.rounds(), lanes, measure, take);
	}

	/**
	 * Measures the part of the rounds that belongs to one start of the contenders.
	 * @param effort the number of rounds and starts
	 * @param start the number of the start, from 0
	 * @param times how many times as many rounds there are
	 * @param lanes the contenders
	 * @param measure runs a contender once and returns the figure
	 * @param take takes a figure of a round that counts
	 */
	static void run(Effort effort, int start, int times, List<Lane> lanes, Function<Lane, Double> measure, Taker take) {
		int rounds = times * effort.rounds() / effort.starts();
		run(effort.warmUpRounds(), start * rounds, (start + 1) * rounds, lanes, measure, take);
	}

	private static void run(int warmUp, int first, int end, List<Lane> lanes, Function<Lane, Double> measure,
			Taker take) {
		List<Lane> order = new ArrayList<>(lanes);
		for (int round = first - warmUp; round < end; round++) {
			Collections.shuffle(order);
			for (Lane lane : order) {
				double figure = measure.apply(lane);
				if (round >= first) {
					take.take(lane.competitor(), round, figure);
				}
			}
		}
	}

	/**
	 * Takes a figure.
	 */
	@FunctionalInterface
	interface Taker {

		/**
		 * Takes a figure.
		 * @param competitor whose it is
		 * @param round the number of the round, from 0
		 * @param figure the figure
		 */
		void take(Competitor competitor, int round, double figure);

	}

}
