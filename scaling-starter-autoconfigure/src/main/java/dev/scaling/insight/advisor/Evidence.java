package dev.scaling.insight.advisor;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.scaling.insight.RepeatedQuery;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import dev.scaling.pool.BudgetVerdict;
import dev.scaling.routing.RoutingReason;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link Advisor} knows. Immutable.
 *
 * @param nodes what the servers have said about themselves
 * @param pools the pools of this instance
 * @param budgets the connection budgets of the servers
 * @param poolers what is wrong with PgBouncer
 * @param repeatedQueries the statements that are repeated for one piece of work
 * @param methods the transactions that write by their attribute
 * @param hotSpots the keyspaces whose new keys nearly all belong to one shard, or whose
 * work is for one key
 * @since 0.1.0
 */
public record Evidence(List<NodeStatistics> nodes, List<Pool> pools, List<Budget> budgets, List<Pooler> poolers,
		List<RepeatedQuery> repeatedQueries, List<Method> methods, List<HotSpot> hotSpots) {

	public Evidence {
		nodes = List.copyOf(nodes);
		pools = List.copyOf(pools);
		budgets = List.copyOf(budgets);
		poolers = List.copyOf(poolers);
		repeatedQueries = List.copyOf(repeatedQueries);
		methods = List.copyOf(methods);
		hotSpots = List.copyOf(hotSpots);
	}

	/**
	 * The pool of a node.
	 *
	 * @param cluster the name of the cluster
	 * @param node the id of the node
	 * @param primary whether the node takes the writes of its cluster
	 * @param busy how many connections work is using
	 * @param maximum how many the pool may hold, or -1 if unknown
	 * @param waiting how many threads wait for one
	 * @param pooled whether a pooler that shares sessions is between the pool and the
	 * server
	 * @param lag how far the node is behind, or {@code null} if unknown or the primary
	 * @param decisions how often the node was chosen since the start, by reason
	 */
	public record Pool(String cluster, String node, boolean primary, int busy, int maximum, int waiting, boolean pooled,
			@Nullable Duration lag, Map<RoutingReason, Long> decisions) {

		public Pool {
			decisions = Map.copyOf(decisions);
		}

	}

	/**
	 * The connection budget of a server, or of the pooler in front of it.
	 *
	 * @param cluster the name of the cluster of its first node
	 * @param nodes the ids of the nodes on it
	 * @param verdict whether all instances fit
	 * @param instances how many instances there are
	 * @param usable how many connections the server has for them
	 * @param poolSize how many of them a pooler can have for each node on the server, or
	 * 0 if they are those of a pooler
	 * @param pooled whether it is a pooler that takes more than the server has
	 * @param arithmetic the arithmetic in one sentence
	 * @param cure what can be done without another pooler
	 */
	public record Budget(String cluster, List<String> nodes, BudgetVerdict verdict, int instances, int usable,
			int poolSize, boolean pooled, String arithmetic, String cure) {

		public Budget {
			nodes = List.copyOf(nodes);
		}

		boolean isOfPooler() {
			return this.poolSize == 0;
		}

	}

	/**
	 * Something that is wrong with PgBouncer.
	 *
	 * @param id what kind of finding it is
	 * @param summary what was found
	 * @param action what to do
	 */
	public record Pooler(String id, String summary, String action) {

	}

	/**
	 * A method whose transactions went to the primary because they are not read-only.
	 *
	 * @param cluster the name of the cluster
	 * @param name the name of the transaction
	 * @param transactions how many of them were seen of late
	 */
	public record Method(String cluster, String name, long transactions) {

	}

	/**
	 * A keyspace whose new keys nearly all belong to the last range, or whose work is for
	 * one key.
	 *
	 * @param keyspace the name of the keyspace
	 * @param shard the name of the shard
	 * @param share the share of the work that was for it, from 0 to 1
	 * @param keys how many keys were looked at, or 0 if it is one key that gets the share
	 */
	public record HotSpot(String keyspace, String shard, double share, long keys) {

		/**
		 * A key that gets much of the work of its keyspace.
		 * @param keyspace the name of the keyspace
		 * @param shard the shard that owns the key
		 * @param share the share of the work that is for the key, from 0 to 1
		 * @return the hot spot
		 */
		public static HotSpot ofKey(String keyspace, String shard, double share) {
			return new HotSpot(keyspace, shard, share, 0);
		}

		boolean isKey() {
			return this.keys == 0;
		}

	}

}
