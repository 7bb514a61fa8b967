package dev.scaling.autoconfigure;

import java.time.Duration;

import dev.scaling.pool.BudgetMode;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of the connection budget.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("scaling.budget")
public class ScalingBudgetProperties {

	private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

	private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

	/**
	 * What happens if all instances together may take more connections than a server has.
	 */
	private BudgetMode mode = BudgetMode.WARN;

	/**
	 * How often the servers are asked for their limits, from 1 second to 1 hour.
	 */
	private Duration interval = Duration.ofSeconds(10);

	/**
	 * Memory that a connection takes on the server, to estimate what idle ones cost.
	 */
	private DataSize memoryPerConnection = DataSize.ofMegabytes(10);

	public BudgetMode getMode() {
		return this.mode;
	}

	public void setMode(BudgetMode mode) {
		this.mode = mode;
	}

	public Duration getInterval() {
		return this.interval;
	}

	public void setInterval(Duration interval) {
		this.interval = interval;
	}

	public DataSize getMemoryPerConnection() {
		return this.memoryPerConnection;
	}

	public void setMemoryPerConnection(DataSize memoryPerConnection) {
		this.memoryPerConnection = memoryPerConnection;
	}

	void check() {
		if (this.interval.compareTo(SHORTEST_INTERVAL) < 0 || this.interval.compareTo(LONGEST_INTERVAL) > 0) {
			throw new InvalidConfigurationPropertyValueException("scaling.budget.interval", this.interval,
					"The interval is from 1 second to 1 hour.");
		}
		if (this.memoryPerConnection.toBytes() <= 0) {
			throw new InvalidConfigurationPropertyValueException("scaling.budget.memory-per-connection",
					this.memoryPerConnection, "The memory has to be positive; 5 MB to 10 MB are usual.");
		}
	}

}
