package dev.scaling.monitor;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.scaling.pool.InstanceCount;

/**
 * How often a node may be probed: the rounds of all instances of the application together
 * stay under a bound.
 */
final class ProbePace {

	private static final int PROBES_PER_SECOND = 200;

	private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);

	private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

	private final Duration interval;

	private final InstanceCount instances;

	ProbePace(Duration interval, InstanceCount instances) {
		this.interval = interval;
		this.instances = instances;
	}

	private long fleetNanos() {
		return this.instances.instances() * TimeUnit.SECONDS.toNanos(1) / PROBES_PER_SECOND;
	}

	/**
	 * The time between two rounds.
	 */
	Duration interval() {
		return Duration.ofNanos(Math.max(this.interval.toNanos(), fleetNanos()));
	}

	/**
	 * The time until the next round: the instances must not fall into step.
	 */
	long jitteredNanos() {
		long nanos = interval().toNanos();
		return nanos + ThreadLocalRandom.current().nextLong(-nanos / 10, nanos / 10 + 1);
	}

	/**
	 * The shortest time between two probes of a node. Somebody waits for a probe that he
	 * has asked for, so that the instances may be faster together for a moment.
	 */
	long pauseNanos() {
		return Math.max(Math.min(SHORTEST_PAUSE.toNanos(), this.interval.toNanos() / 2),
				Math.min(LONGEST_PAUSE.toNanos(), fleetNanos()));
	}

}
