package dev.scaling.health;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.scaling.routing.LiveTopology;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of a cluster: up while its primary answers. A replica that is left alone is a
 * detail, because its reads go elsewhere.
 *
 * @since 0.1.0
 */
public final class ClusterHealthIndicator extends AbstractHealthIndicator {

	private static final int PROBE_TIMEOUT_SECONDS = 1;

	private final LiveTopology topology;

	/**
	 * Creates an indicator.
	 * @param topology the cluster
	 */
	public ClusterHealthIndicator(LiveTopology topology) {
		super("Cluster health check failed");
		this.topology = topology;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Map<String, Object> nodes = new LinkedHashMap<>();
		boolean degraded = false;
		for (NodeStatus status : this.topology.current().nodes()) {
			nodes.put(status.node().id(), describe(status));
			degraded |= status.state() != NodeState.UP;
		}
		try {
			this.topology.primary().probe(PROBE_TIMEOUT_SECONDS);
			builder.up();
		}
		catch (SQLException ex) {
			builder.down(ex);
		}
		builder.withDetail("database", "PostgreSQL").withDetail("degraded", degraded).withDetail("nodes", nodes);
	}

	private static Map<String, Object> describe(NodeStatus status) {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("role", status.node().role().name().toLowerCase(Locale.ROOT));
		description.put("state", status.state().name().toLowerCase(Locale.ROOT));
		description.put("since", status.since());
		if (status.reason() != null) {
			description.put("reason", status.reason());
		}
		return description;
	}

}
