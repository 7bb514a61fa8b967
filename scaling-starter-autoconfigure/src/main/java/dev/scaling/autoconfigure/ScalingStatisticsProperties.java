package dev.scaling.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration properties of the statistics of PostgreSQL.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("scaling.insight.statistics")
public class ScalingStatisticsProperties {

	private static final String PREFIX = "scaling.insight.statistics.";

	private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

	private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

	private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

	private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

	private static final int MOST_TABLES = 30;

	/**
	 * Whether to ask the servers for their statistics.
	 */
	private boolean enabled = true;

	/**
	 * How often each server is asked, from 1 second to 1 hour.
	 */
	private Duration interval = Duration.ofMinutes(1);

	/**
	 * Time that the statements to one server may take together, from 100 milliseconds to
	 * 1 minute.
	 */
	private Duration timeout = Duration.ofSeconds(5);

	/**
	 * Number of tables of each server that have meters, from 0 to 30: those that are
	 * scanned most, then the largest.
	 */
	private int tables = 10;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Duration getInterval() {
		return this.interval;
	}

	public void setInterval(Duration interval) {
		this.interval = interval;
	}

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public int getTables() {
		return this.tables;
	}

	public void setTables(int tables) {
		this.tables = tables;
	}

	void check() {
		check(this.interval.compareTo(SHORTEST_INTERVAL) >= 0 && this.interval.compareTo(LONGEST_INTERVAL) <= 0,
				"interval", this.interval,
				"The interval is from 1 second to 1 hour. Set 'scaling.insight.statistics.enabled' to false to ask for"
						+ " nothing.");
		check(this.timeout.compareTo(SHORTEST_TIMEOUT) >= 0 && this.timeout.compareTo(LONGEST_TIMEOUT) <= 0, "timeout",
				this.timeout, "The time is from 100 ms to 1 minute.");
		check(this.tables >= 0 && this.tables <= MOST_TABLES, "tables", this.tables,
				"From 0 to " + MOST_TABLES + " tables have meters.");
	}

	private static void check(boolean condition, String name, Object value, String reason) {
		if (!condition) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + name, value, reason);
		}
	}

}
