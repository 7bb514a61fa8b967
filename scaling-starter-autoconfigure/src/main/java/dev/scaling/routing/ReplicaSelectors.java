package dev.scaling.routing;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import dev.scaling.ReplicaSelector;

/**
 * The selectors that come with the starter. All honour the weights of the nodes, are
 * thread-safe and do not allocate.
 *
 * @since 0.1.0
 */
public enum ReplicaSelectors implements ReplicaSelector {

	/**
	 * The less busy of two replicas that are drawn at random, which avoids that all
	 * callers rush to the one least busy (M. Mitzenmacher, "The Power of Two Choices in
	 * Randomized Load Balancing", 2001).
	 */
	LEAST_BUSY {

		@Override
		public Candidate select(List<Candidate> candidates) {
			int size = candidates.size();
			if (size == 1) {
				return candidates.get(0);
			}
			ThreadLocalRandom random = ThreadLocalRandom.current();
			int totalWeight = totalWeight(candidates);
			if (totalWeight == size) {
				int first = random.nextInt(size);
				int second = random.nextInt(size - 1);
				return lessBusy(candidates.get(first), candidates.get((second < first) ? second : second + 1));
			}
			return lessBusy(atPosition(candidates, random.nextInt(totalWeight)),
					atPosition(candidates, random.nextInt(totalWeight)));
		}

		/**
		 * The first one of two that are equally busy for their weights, as idle ones are:
		 * both are drawn with a probability that their weights say.
		 */
		private Candidate lessBusy(Candidate first, Candidate second) {
			return ((long) first.busy() * second.node().weight() <= (long) second.busy() * first.node().weight())
					? first : second;
		}

	},

	/**
	 * One after the other, each as often as its weight says.
	 */
	ROUND_ROBIN {

		private final AtomicInteger turn = new AtomicInteger();

		@Override
		public Candidate select(List<Candidate> candidates) {
			int turn = this.turn.getAndIncrement() & Integer.MAX_VALUE;
			return atPosition(candidates, turn % totalWeight(candidates));
		}

	},

	/**
	 * Any, with a probability proportional to its weight.
	 */
	RANDOM {

		@Override
		public Candidate select(List<Candidate> candidates) {
			return atPosition(candidates, ThreadLocalRandom.current().nextInt(totalWeight(candidates)));
		}

	};

	private static int totalWeight(List<ReplicaSelector.Candidate> candidates) {
		int total = 0;
		for (int i = 0; i < candidates.size(); i++) {
			total += candidates.get(i).node().weight();
		}
		return total;
	}

	private static ReplicaSelector.Candidate atPosition(List<ReplicaSelector.Candidate> candidates, int position) {
		int i = 0;
		int remaining = position;
		while (remaining >= candidates.get(i).node().weight()) {
			remaining -= candidates.get(i).node().weight();
			i++;
		}
		return candidates.get(i);
	}

}
