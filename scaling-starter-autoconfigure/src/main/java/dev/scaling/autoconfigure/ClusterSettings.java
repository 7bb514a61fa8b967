package dev.scaling.autoconfigure;

import java.time.Duration;

import dev.scaling.routing.TopologyOptions;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What the properties say about the nodes of a cluster and how they are watched, checked.
 */
final class ClusterSettings {

	private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);

	private final ScalingProperties properties;

	ClusterSettings(ScalingProperties properties) {
		this.properties = properties;
	}

	void check() {
		ScalingProperties.Monitor monitor = this.properties.getMonitor();
		ScalingProperties.Routing routing = this.properties.getRouting();
		ScalingProperties.Consistency consistency = this.properties.getConsistency();
		check(monitor.getInterval().compareTo(SHORTEST_INTERVAL) >= 0, "scaling.monitor.interval",
				monitor.getInterval(), "The interval is at least 10 ms.");
		checkPositive("scaling.monitor.timeout", monitor.getTimeout());
		checkPositive("scaling.routing.max-lag", routing.getMaxLag());
		check(routing.getMaxLagBytes().toBytes() > 0, "scaling.routing.max-lag-bytes", routing.getMaxLagBytes(),
				"The lag has to be positive.");
		check(routing.getReadRetries() >= 0 && routing.getReadRetries() <= 10, "scaling.routing.read-retries",
				routing.getReadRetries(), "A read is repeated from 0 to 10 times.");
		checkPositive("scaling.consistency.window", consistency.getWindow());
		checkNotNegative("scaling.consistency.wait", consistency.getWait());
		checkNotNegative("scaling.failover.wait", this.properties.getFailover().getWait());
		checkPositive("scaling.failover.abort-after", this.properties.getFailover().getAbortAfter());
		Duration shortestTtl = routing.getMaxLag().plus(monitor.getInterval());
		check(consistency.getTokenTtl().compareTo(shortestTtl) > 0, "scaling.consistency.token-ttl",
				consistency.getTokenTtl(),
				"It has to be longer than scaling.routing.max-lag and scaling.monitor.interval together ("
						+ shortestTtl.toMillis()
						+ " ms): a replica that is given work may be as late as that, and a session that was forgotten"
						+ " sooner would read old data from it.");
		instances();
	}

	private static void checkPositive(String property, Duration value) {
		check(value.compareTo(Duration.ZERO) > 0, property, value, "The time has to be positive.");
	}

	private static void checkNotNegative(String property, Duration value) {
		check(!value.isNegative(), property, value, "The time must not be negative.");
	}

	private static void check(boolean condition, String property, Object value, String reason) {
		if (!condition) {
			throw new InvalidConfigurationPropertyValueException(property, value, reason);
		}
	}

	/**
	 * How many instances of the application run, 0 to count them.
	 */
	int instances() {
		String instances = this.properties.getInstances();
		if (instances.equalsIgnoreCase("auto")) {
			return 0;
		}
		try {
			int number = Integer.parseInt(instances.trim());
			if (number > 0) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			throw invalidInstances(instances);
		}
		throw invalidInstances(instances);
	}

	private static InvalidConfigurationPropertyValueException invalidInstances(String instances) {
		return new InvalidConfigurationPropertyValueException("scaling.instances", instances,
				"It is 'auto', or the number of instances of this application.");
	}

	TopologyOptions topologyOptions() {
		ScalingProperties.Monitor monitor = this.properties.getMonitor();
		ScalingProperties.Routing routing = this.properties.getRouting();
		Duration staleAfter = monitor.getInterval().plus(monitor.getTimeout()).multipliedBy(2).plusSeconds(1);
		return new TopologyOptions(routing.getMaxLag(), routing.getMaxLagBytes().toBytes(),
				this.properties.getConsistency().getTokenTtl(), this.properties.getFailover().getAbortAfter(),
				staleAfter);
	}

}
