package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.function.Function;

import com.zaxxer.hikari.HikariConfig;
import dev.scaling.routing.TimeLimits;
import dev.scaling.routing.TopologyOptions;
import dev.scaling.topology.NodeRole;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What the properties say about the nodes of a cluster and how they are watched, checked.
 */
final class ClusterSettings {

	private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);

	/**
	 * PostgreSQL's upper bound of a timeout, about.
	 */
	private static final Duration LONGEST_TIMEOUT = Duration.ofDays(24);

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
		checkTimeouts();
		instances();
	}

	private void checkTimeouts() {
		ScalingProperties.Timeouts timeouts = this.properties.getTimeouts();
		checkTimeouts("scaling.timeouts", timeouts);
		checkTimeouts("scaling.timeouts.replica", timeouts.getReplica());
		Duration statement = longer(timeouts.getStatement(), timeouts.getReplica().getStatement());
		checkSocketTimeout("scaling.timeouts.socket", timeouts.getSocket(), statement);
		checkSocketTimeout("scaling.timeouts.replica.socket", timeouts.getReplica().getSocket(), statement);
	}

	private static Duration longer(@Nullable Duration first, @Nullable Duration second) {
		Duration longer = (first != null) ? first : Duration.ZERO;
		return (second != null && second.compareTo(longer) > 0) ? second : longer;
	}

	private static void checkTimeouts(String prefix, ScalingProperties.RoleTimeouts timeouts) {
		checkTimeout(prefix + ".statement", timeouts.getStatement());
		checkTimeout(prefix + ".lock", timeouts.getLock());
		checkTimeout(prefix + ".idle-in-transaction", timeouts.getIdleInTransaction());
		checkTimeout(prefix + ".socket", timeouts.getSocket());
	}

	private static void checkTimeout(String property, @Nullable Duration value) {
		if (value != null) {
			check(value.isZero() || (value.toMillis() >= 1 && value.compareTo(LONGEST_TIMEOUT) <= 0), property, value,
					"The time is from 1 ms to " + LONGEST_TIMEOUT.toDays() + " days, or 0 for no limit.");
		}
	}

	private static void checkSocketTimeout(String property, @Nullable Duration socket, Duration statement) {
		if (socket != null && !socket.isZero()) {
			check(socket.compareTo(statement) > 0, property, socket,
					"It has to be longer than the timeout of statements (" + statement.toMillis()
							+ " ms), also that of the other role, which a node has after a failover: a connection that"
							+ " ends sooner does not tell whether its last statement was executed.");
		}
	}

	/**
	 * How long work on the nodes of a role may take.
	 */
	TimeLimits limits(NodeRole role) {
		return TimeLimits.of(timeout(role, ScalingProperties.RoleTimeouts::getStatement),
				timeout(role, ScalingProperties.RoleTimeouts::getLock),
				timeout(role, ScalingProperties.RoleTimeouts::getIdleInTransaction));
	}

	/**
	 * Lets connections to a node of the given role end that hear nothing. What the URL or
	 * the driver's properties say has precedence.
	 */
	void applySocketTimeout(HikariConfig pool, NodeRole role) {
		Duration timeout = timeout(role, ScalingProperties.RoleTimeouts::getSocket);
		if (timeout != null && pool.getJdbcUrl() != null) {
			pool.getDataSourceProperties()
				.putIfAbsent("socketTimeout", Long.toString(timeout.plusMillis(999).toSeconds()));
		}
	}

	private @Nullable Duration timeout(NodeRole role,
			Function<ScalingProperties.RoleTimeouts, @Nullable Duration> timeout) {
		ScalingProperties.Timeouts timeouts = this.properties.getTimeouts();
		Duration replica = (role == NodeRole.REPLICA) ? timeout.apply(timeouts.getReplica()) : null;
		return (replica != null) ? replica : timeout.apply(timeouts);
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
