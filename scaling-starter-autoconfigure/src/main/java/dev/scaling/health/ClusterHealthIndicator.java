package dev.scaling.health;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import dev.scaling.routing.LiveTopology;
import dev.scaling.topology.Lag;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import dev.scaling.topology.Topology;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of a cluster: up while its primary answers and takes writes. A replica that is
 * left alone is a detail, because its reads go elsewhere, and so is a cluster that the
 * application can do without.
 *
 * @since 0.1.0
 */
public final class ClusterHealthIndicator extends AbstractHealthIndicator {

	private static final int PROBE_TIMEOUT_SECONDS = 1;

	/**
	 * How old the last reading of the primary may be before it is asked again.
	 */
	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

	private final LiveTopology topology;

	private final boolean optional;

	/**
	 * Creates an indicator of a cluster that the application needs.
	 * @param topology the cluster
	 */
	public ClusterHealthIndicator(LiveTopology topology) {
		this(topology, false);
	}

	/**
	 * Creates an indicator.
	 * @param topology the cluster
	 * @param optional whether the application can do without the cluster: then its health
	 * is unknown instead of down
	 */
	public ClusterHealthIndicator(LiveTopology topology, boolean optional) {
		super("Cluster health check failed");
		this.topology = topology;
		this.optional = optional;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Topology current = this.topology.current();
		Node primary = current.primary();
		builder.withDetail("database", "PostgreSQL");
		if (this.optional) {
			builder.withDetail("optional", true);
		}
		if (primary == null) {
			down(builder, "No node takes the writes: " + describe(current));
		}
		else {
			builder.withDetail("primary", primary.id());
			checkPrimary(builder, current.node(primary.id()).orElseThrow());
		}
		if (current.timeline() > 0) {
			builder.withDetail("timeline", current.timeline());
		}
		Map<String, Object> nodes = new LinkedHashMap<>();
		current.nodes().forEach((status) -> nodes.put(status.node().id(), details(status)));
		boolean degraded = current.nodes().stream().anyMatch((status) -> status.state() != NodeState.UP);
		builder.withDetail("degraded", degraded).withDetail("nodes", nodes);
	}

	private void checkPrimary(Health.Builder builder, NodeStatus primary) {
		NodeReading reading = primary.reading();
		if (reading != null && (primary.state() != NodeState.UP || reading.readOnly())) {
			down(builder, describe(primary));
		}
		else if (reading != null && System.nanoTime() - reading.nanoTime() < LONGEST_SILENCE.toNanos()) {
			builder.up();
		}
		else {
			ask(builder, primary.node());
		}
	}

	/**
	 * Asks the primary itself where no monitor does, or one that it does not let in.
	 */
	private void ask(Health.Builder builder, Node primary) {
		try {
			this.topology.pool(primary.id()).orElseThrow().probe(PROBE_TIMEOUT_SECONDS);
			builder.up();
		}
		catch (SQLException ex) {
			builder.withException(ex).status(status());
		}
	}

	private void down(Health.Builder builder, String error) {
		builder.status(status()).withDetail("error", error);
	}

	private Status status() {
		return this.optional ? Status.UNKNOWN : Status.DOWN;
	}

	/**
	 * All nodes, those together that have the same to say.
	 */
	private static String describe(Topology topology) {
		Map<String, String> nodes = new LinkedHashMap<>();
		topology.nodes()
			.forEach((status) -> nodes.merge(describeState(status), describeNode(status),
					(first, second) -> first + ", " + second));
		return nodes.entrySet()
			.stream()
			.map((entry) -> entry.getValue() + ": " + entry.getKey())
			.collect(Collectors.joining("; "));
	}

	private static String describe(NodeStatus status) {
		return describeNode(status) + ": " + describeState(status);
	}

	private static String describeNode(NodeStatus status) {
		return status.node().id() + " (" + role(status) + ')';
	}

	private static String describeState(NodeStatus status) {
		return state(status) + ((status.reason() != null) ? ", " + status.reason() : "");
	}

	private static Map<String, Object> details(NodeStatus status) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("role", role(status));
		details.put("state", state(status));
		details.put("since", status.since());
		if (status.reason() != null) {
			details.put("reason", status.reason());
		}
		Lag lag = status.lag();
		if (lag != null && status.state() != NodeState.UNREACHABLE && status.state() != NodeState.FENCED) {
			details.put("lag", details(lag));
		}
		NodeReading reading = status.reading();
		if (reading != null && reading.timeline() > 0) {
			details.put("timeline", reading.timeline());
		}
		return details;
	}

	private static Map<String, Object> details(Lag lag) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("time", Duration.ofMillis(lag.time().toMillis()));
		details.put("bytes", lag.bytes());
		return details;
	}

	private static String role(NodeStatus status) {
		return status.role().name().toLowerCase(Locale.ROOT);
	}

	private static String state(NodeStatus status) {
		return status.state().name().toLowerCase(Locale.ROOT);
	}

}
