package dev.scaling.insight.statistics;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How statistics are collected.
 *
 * @param interval how often each node is asked, positive
 * @param timeout how long the statements to one node may take together, positive
 * @param longRunning for how long a statement runs that is worth telling
 * @since 0.1.0
 */
public record StatisticsOptions(Duration interval, Duration timeout, Duration longRunning) {

	/**
	 * For how long a statement runs that is worth telling, where nobody says otherwise.
	 */
	public static final Duration LONG_RUNNING = Duration.ofSeconds(5);

	public StatisticsOptions {
		Assert.isTrue(interval.toMillis() > 0, "'interval' must be positive");
		Assert.isTrue(timeout.toMillis() > 0, "'timeout' must be positive");
		Assert.isTrue(!longRunning.isNegative(), "'longRunning' must not be negative");
	}

}
