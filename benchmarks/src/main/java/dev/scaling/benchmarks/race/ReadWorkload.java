package dev.scaling.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.test.PostgresCluster;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads of one row, and nine reads for a write, on a real primary and replica.
 */
final class ReadWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.BARE, Competitor.ONE_CONNECTION,
			Competitor.LAZY_PROXY, Competitor.ROUTING_RECIPE, Competitor.DYNAMIC_DATASOURCE, Competitor.SHARDING_SPHERE,
			Competitor.AWS_WRAPPER, Competitor.SCALING, Competitor.SCALING_LIGHTWEIGHT, Competitor.SCALING_NO_INSIGHT);

	private static final int ATTEMPTS = 50;

	private static final int WARM_UP_THREADS = 8;

	/**
	 * How many times as many rounds there are with one thread, each half as long: whether
	 * the thread and its server share a core is up to chance, stays so for a while, and
	 * makes a difference of a factor of two.
	 */
	static final int ALONE = 5;

	@Override
	public void run(Effort effort, Figures figures) {
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(1).start()) {
			createTable(cluster);
			for (int start = 0; start < effort.starts(); start++) {
				race(effort, start, cluster, figures);
			}
		}
	}

	private static void race(Effort effort, int start, PostgresCluster cluster, Figures figures) {
		List<Lane> lanes = new ArrayList<>();
		try {
			COMPETITORS.forEach((competitor) -> lanes.add(Lane.start(competitor, nodes(cluster), Map.of())));
			lanes.forEach(ReadWorkload::check);
			lanes.forEach((lane) -> warmUp(lane, effort));
			for (int writes : new int[] { 0, 10 }) {
				for (int threads : new int[] { 1, 8, 32 }) {
					String when = threads + ((threads > 1) ? " threads" : " thread");
					boolean alone = threads == 1;
					int millis = alone ? effort.millis() / 2 : effort.millis();
					Rounds.run(effort, start, alone ? ALONE : 1,
							lanes.stream().filter((lane) -> isAble(lane, writes, threads)).toList(),
							(lane) -> rate(lane, "threads", threads, "writes", writes, "millis", millis),
							(competitor, round, rate) -> figures.add((writes > 0) ? Measure.W2_MIX : Measure.W2_READS,
									when, competitor, round, rate));
				}
			}
		}
		finally {
			lanes.forEach(Lane::close);
		}
	}

	private static boolean isAble(Lane lane, int writes, int threads) {
		return lane.competitor() != Competitor.ONE_CONNECTION || (writes == 0 && threads == 1);
	}

	/**
	 * Fails if a contender does not read where it should, once it knows its nodes.
	 */
	private static void check(Lane lane) {
		double expected = (lane.competitor() == Competitor.BARE) ? 0 : 1;
		double replica = Double.NaN;
		for (int attempt = 0; attempt < ATTEMPTS && replica != expected; attempt++) {
			replica = lane.run("role", "calls", 100, "writes", isAble(lane, 1, 1) ? 1 : 0)
				.getOrDefault("replica", Double.NaN);
		}
		if (replica != expected) {
			throw new IllegalStateException("%s reads from a replica %.0f times in 100, not %.0f"
				.formatted(lane.competitor().contender(), 100 * replica, 100 * expected));
		}
	}

	private static void warmUp(Lane lane, Effort effort) {
		boolean alone = !isAble(lane, 1, WARM_UP_THREADS);
		WarmUp.run(effort, lane, "rate", "threads", alone ? 1 : WARM_UP_THREADS, "writes", alone ? 0 : 10);
	}

	private static double rate(Lane lane, Object... parameters) {
		return lane.call("rate", parameters).getOrDefault("rate", Double.NaN);
	}

	static void createTable(PostgresCluster cluster) {
		JdbcTemplate jdbc = new JdbcTemplate(cluster.primary().dataSource());
		jdbc.execute("CREATE TABLE node (id bigint PRIMARY KEY, name text)");
		jdbc.execute("INSERT INTO node SELECT n, 'a node' FROM generate_series(0, 999) AS n");
		jdbc.execute("VACUUM ANALYZE node");
		cluster.awaitReplication();
	}

	static Nodes nodes(PostgresCluster cluster) {
		return new Nodes(cluster.primary().jdbcUrl(),
				cluster.replicas().stream().map((replica) -> replica.jdbcUrl()).toList(), List.of(),
				cluster.primary().username());
	}

}
