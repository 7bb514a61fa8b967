package dev.scaling.starter.failover.checker;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * The faults of a run, as a seed determines them: one replica has something, and then
 * maybe the primary. The first two make sure that each way to depose a primary occurs.
 */
final class FaultSchedule {

	private static final List<PrimaryFault> FIRST = List.of(PrimaryFault.CRASH_AND_PROMOTION,
			PrimaryFault.FREEZE_AND_PROMOTION);

	private final Random random;

	private int steps;

	FaultSchedule(long seed) {
		this.random = new Random(seed);
	}

	/**
	 * The next faults.
	 */
	Step next() {
		PrimaryFault primary = (this.steps < FIRST.size()) ? FIRST.get(this.steps) : any(PrimaryFault.values());
		ReplicaFault replica = any(ReplicaFault.values());
		while (primary.isPromotion() && !replica.leavesReplicaRunning()) {
			replica = any(ReplicaFault.values());
		}
		this.steps++;
		return new Step(replica, this.random.nextInt(2), primary, millis(100, 900), millis(100, 900));
	}

	private <T> T any(T[] values) {
		return values[this.random.nextInt(values.length)];
	}

	private Duration millis(int from, int to) {
		return Duration.ofMillis(from + this.random.nextInt(to - from));
	}

	/**
	 * Faults that overlap.
	 *
	 * @param replica what happens to a replica
	 * @param victim which one it is
	 * @param primary what happens to the primary then
	 * @param duration how long both last
	 * @param recovery how long nothing happens afterwards
	 */
	record Step(ReplicaFault replica, int victim, PrimaryFault primary, Duration duration, Duration recovery) {

	}

}
