package dev.scaling.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

/**
 * Reads that take a replica 10 ms without its processor, so that connections are the
 * limit, and not the cores of this machine: with more and more replicas, with one that is
 * slower, and with one that is to get more.
 */
final class CapacityWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.LAZY_PROXY_MULTI_HOST,
			Competitor.ROUTING_RECIPE, Competitor.SHARDING_SPHERE, Competitor.SCALING);

	private static final int CONNECTIONS = 5;

	private static final Map<String, String> PROPERTIES = Map.of("spring.datasource.hikari.maximum-pool-size",
			Integer.toString(CONNECTIONS));

	/**
	 * The port that answers tells the nodes apart.
	 */
	private static final String READ = "SELECT inet_server_port() FROM node WHERE id = 1 AND pg_sleep(%s) IS NOT NULL";

	@Override
	public void run(Effort effort, Figures figures) {
		List<Competitor> competitors = (effort == Effort.SMOKE) ? List.of(Competitor.ROUTING_RECIPE, Competitor.SCALING)
				: Competitor.built(COMPETITORS);
		List<Integer> sizes = (effort == Effort.SMOKE) ? List.of(1, 2) : List.of(1, 2, 4, 8);
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(sizes.get(sizes.size() - 1)).start()) {
			ReadWorkload.createTable(cluster);
			sizes.forEach((size) -> more(effort, competitors, cluster, size, figures));
			slower(effort, competitors, cluster, figures);
			weighted(effort, cluster, figures);
		}
	}

	private static void more(Effort effort, List<Competitor> competitors, PostgresCluster cluster, int replicas,
			Figures figures) {
		String when = (replicas > 1) ? replicas + " replicas" : "1 replica";
		race(effort, competitors, nodes(cluster, replicas), PROPERTIES, 2 * CONNECTIONS * replicas,
				READ.formatted("0.01"), (competitor, round, answer) -> {
					assertPorts(cluster, answer);
					double rate = answer.getOrDefault("rate", Double.NaN);
					figures.add(Measure.W10_READS, when, competitor, round, rate);
					double one = Figures.median(figures.of(Measure.W10_READS, "1 replica", competitor));
					figures.add(Measure.W10_LINEAR, when, competitor, round, rate / (one * replicas));
				});
	}

	private static void slower(Effort effort, List<Competitor> competitors, PostgresCluster cluster, Figures figures) {
		int slow = cluster.replica(2).port();
		String read = READ.formatted("CASE WHEN inet_server_port() = %d THEN 0.02 ELSE 0.01 END".formatted(slow));
		race(effort, competitors, nodes(cluster, 2), PROPERTIES, 4 * CONNECTIONS, read, (competitor, round, answer) -> {
			assertPorts(cluster, answer);
			String when = "two replicas; one takes twice as long";
			figures.add(Measure.W10_SHARE, when, competitor, round, share(answer, slow));
			figures.add(Measure.W10_READS, when, competitor, round, answer.getOrDefault("rate", Double.NaN));
		});
	}

	/**
	 * With fewer threads than connections: whoever waits for a connection follows no
	 * weight.
	 */
	private static void weighted(Effort effort, PostgresCluster cluster, Figures figures) {
		int heavy = cluster.replica(2).port();
		race(effort, List.of(Competitor.SCALING), nodes(cluster, 2),
				Map.of("spring.datasource.hikari.maximum-pool-size", "20", "scaling.replicas.replica-2.weight", "3"),
				12, READ.formatted("0.01"), (competitor, round, answer) -> {
					assertPorts(cluster, answer);
					figures.add(Measure.W10_SHARE, "two replicas; weights 1 and 3", competitor, round,
							share(answer, heavy));
				});
	}

	private static void race(Effort effort, List<Competitor> competitors, Nodes nodes, Map<String, String> properties,
			int threads, String read, Taker taker) {
		List<Lane> lanes = new ArrayList<>();
		try {
			competitors.forEach((competitor) -> lanes.add(Lane.start(competitor, nodes, properties)));
			for (Lane lane : lanes) {
				// Reads that take no time get through the code more often.
				WarmUp.run(effort, lane, "answers", "threads", threads, "sql", READ.formatted("0"));
			}
			for (int round = -1; round < Math.min(effort.rounds(), 5); round++) {
				for (Lane lane : lanes) {
					Map<String, Double> answer = lane.call("answers", "threads", threads, "millis", effort.millis(),
							"sql", read);
					if (round >= 0) {
						taker.take(lane.competitor(), round, answer);
					}
				}
			}
		}
		finally {
			lanes.forEach(Lane::close);
		}
	}

	private static Nodes nodes(PostgresCluster cluster, int replicas) {
		Nodes all = ReadWorkload.nodes(cluster);
		return new Nodes(all.primary(), all.replicas().subList(0, replicas), List.of(), all.username());
	}

	private static double share(Map<String, Double> answer, int port) {
		double all = answer.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith("answer."))
			.mapToDouble(Map.Entry::getValue)
			.sum();
		return 100 * answer.getOrDefault("answer." + port, 0.0) / all;
	}

	private static void assertPorts(PostgresCluster cluster, Map<String, Double> answer) {
		List<String> ports = cluster.replicas()
			.stream()
			.map(PostgresNode::port)
			.map((port) -> "answer." + port)
			.toList();
		answer.keySet().stream().filter((name) -> name.startsWith("answer.")).forEach((name) -> {
			if (!ports.contains(name)) {
				throw new IllegalStateException("%s is not a replica's: %s".formatted(name, ports));
			}
		});
	}

	/**
	 * Takes the answer of a contender.
	 */
	@FunctionalInterface
	private interface Taker {

		void take(Competitor competitor, int round, Map<String, Double> answer);

	}

}
