package dev.scaling.insight.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The first and the last two {@link ServerStatistics} of each node, since the start of
 * this process. Thread-safe.
 *
 * @since 0.1.0
 */
public final class StatisticsHistory {

	private final Map<String, NodeStatistics> nodes = new ConcurrentHashMap<>();

	/**
	 * Adds what a node has said. When its counters were reset, or the server became
	 * another one, its history begins anew.
	 * @param statistics the newest statistics of the node
	 */
	public void add(ServerStatistics statistics) {
		this.nodes.compute(statistics.node(), (node, known) -> (known != null) ? known.and(statistics)
				: new NodeStatistics(statistics, null, statistics));
	}

	/**
	 * What is known.
	 * @return the statistics of each node that has answered, by the id of the node
	 */
	public List<NodeStatistics> nodes() {
		return this.nodes.values()
			.stream()
			.sorted(Comparator.comparing((NodeStatistics node) -> node.latest().node()))
			.toList();
	}

	/**
	 * What is known of one node.
	 *
	 * @param first the first statistics
	 * @param previous those before the latest, or {@code null} if there are none
	 * @param latest the newest
	 */
	public record NodeStatistics(ServerStatistics first, @Nullable ServerStatistics previous, ServerStatistics latest) {

		NodeStatistics and(ServerStatistics statistics) {
			boolean continued = statistics.primary() == this.latest.primary()
					&& statistics.database().commits() >= this.latest.database().commits();
			return continued ? new NodeStatistics(this.first, this.latest, statistics)
					: new NodeStatistics(statistics, null, statistics);
		}

	}

}
