package dev.scaling.routing;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * One line for each change of a node's state, and a reminder now and then while it is
 * given no work. A node that changes all the time is named a few times in a while only.
 * Guarded by the lock of its {@link LiveTopology}.
 */
final class TopologyLog {

	private static final Log logger = LogFactory.getLog(LiveTopology.class);

	private static final long PERIOD = Duration.ofMinutes(1).toNanos();

	private static final int LINES_OF_A_NODE = 6;

	private final Map<String, Integer> lines = new HashMap<>();

	private final Map<String, Long> reminded = new HashMap<>();

	private long periodStart = System.nanoTime();

	/**
	 * A node has changed its state.
	 */
	void changed(NodeStatus before, NodeStatus status) {
		String id = status.node().id();
		NodeState state = status.state();
		if (state == NodeState.UP) {
			if (this.reminded.remove(id) != null) {
				logger.info("Node " + id + " is given work again");
			}
		}
		else if (state == NodeState.DRAINED) {
			logger.info("Node " + id + " is drained");
		}
		else if (state != NodeState.UNSEEN && isNews(before, status) && isDue(id)) {
			this.reminded.put(id, System.nanoTime());
			write(status, "Node " + id + " is given no work");
		}
	}

	/**
	 * How a node comes to be left alone is one story: lost, unreachable, lagging. A
	 * replica that has been seen before its primary has no story yet.
	 */
	private static boolean isNews(NodeStatus before, NodeStatus status) {
		return status.state() == NodeState.FENCED || before.state() == NodeState.UP
				|| (before.state() == NodeState.UNSEEN
						&& (status.state() != NodeState.LAGGING || status.lag() != null));
	}

	/**
	 * A node is as it was.
	 */
	void unchanged(NodeStatus status) {
		Long last = this.reminded.get(status.node().id());
		long now = System.nanoTime();
		if (last != null && now - last > PERIOD) {
			this.reminded.put(status.node().id(), now);
			write(status, "Node " + status.node().id() + " is still given no work, since " + status.since());
		}
	}

	private static void write(NodeStatus status, String what) {
		String line = what + " (" + status.state().name().toLowerCase(Locale.ROOT) + "): " + status.reason();
		if (status.state() == NodeState.FENCED) {
			logger.error(line);
		}
		else {
			logger.warn(line);
		}
	}

	private boolean isDue(String id) {
		long now = System.nanoTime();
		if (now - this.periodStart > PERIOD) {
			this.lines.clear();
			this.periodStart = now;
		}
		return this.lines.merge(id, 1, Integer::sum) <= LINES_OF_A_NODE;
	}

}
