package dev.scaling.benchmarks.race;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.scaling.test.PostgresCluster;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Sessions that read what they have written, at once and with requests up to three
 * seconds later, on a primary and a replica that is late. The users think for longer than
 * the contenders work, so that they do it in all of them at the same time, each with rows
 * of its own.
 */
final class SessionWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.LAZY_PROXY, Competitor.ROUTING_RECIPE,
			Competitor.DYNAMIC_DATASOURCE, Competitor.SHARDING_SPHERE, Competitor.AWS_WRAPPER, Competitor.SCALING);

	private static final int READS = 2000;

	private static final Duration DELAY = Duration.ofMillis(200);

	private static final int USERS = 50;

	private static final int READS_PER_WRITE = 9;

	private static final int THINKING = 3000;

	/**
	 * Of those that are written and read at once, one for each contender, because each
	 * counts for itself.
	 */
	private static final int FIRST_ROW = 900;

	@Override
	public void run(Effort effort, Figures figures) {
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(1).start()) {
			ReadWorkload.createTable(cluster);
			new JdbcTemplate(cluster.primary().dataSource()).execute("UPDATE node SET name = '0'");
			cluster.awaitReplication();
			List<Lane> lanes = new ArrayList<>();
			try {
				Competitor.built(COMPETITORS)
					.forEach((competitor) -> lanes.add(Lane.start(competitor, ReadWorkload.nodes(cluster), Map.of())));
				think(lanes, Effort.SMOKE, "warm-up", new Figures());
				think(lanes, effort, "up to 3 s later; replica in time", figures);
				cluster.replica(1).replayDelay(DELAY);
				assertLate(cluster);
				think(lanes, effort, "up to 3 s later; replica 200 ms late", figures);
				int reads = (effort == Effort.SMOKE) ? READS / 10 : READS;
				for (boolean inside : new boolean[] { false, true }) {
					for (int i = 0; i < lanes.size(); i++) {
						readAtOnce(lanes.get(i), reads, inside, FIRST_ROW + i, figures);
					}
				}
				assertLate(cluster);
			}
			finally {
				lanes.forEach(Lane::close);
			}
		}
	}

	private static void readAtOnce(Lane lane, int reads, boolean inside, int id, Figures figures) {
		// Whatever a session wrote before has arrived.
		sleep(2 * DELAY.toMillis());
		add(lane.run("session", "writes", reads, "id", id, "inside", inside), lane.competitor(),
				inside ? "in the writing transaction" : "at once", figures);
	}

	private static void think(List<Lane> lanes, Effort effort, String when, Figures figures) {
		int writes = (effort == Effort.FULL) ? 5 : 1;
		int thinking = (effort == Effort.SMOKE) ? THINKING / 3 : THINKING;
		List<CompletableFuture<Map<String, Double>>> answers = new ArrayList<>();
		for (int i = 0; i < lanes.size(); i++) {
			Lane lane = lanes.get(i);
			int id = i * USERS;
			answers
				.add(CompletableFuture.supplyAsync(
						() -> lane.run("thinking", "users", USERS, "writes", writes, "reads", READS_PER_WRITE, "millis",
								thinking, "id", id),
						(task) -> new Thread(task, lane.competitor().contender()).start()));
		}
		for (int i = 0; i < lanes.size(); i++) {
			add(answers.get(i).join(), lanes.get(i).competitor(), when, figures);
		}
	}

	private static void add(Map<String, Double> answer, Competitor competitor, String when, Figures figures) {
		double reads = answer.getOrDefault("reads", Double.NaN);
		figures.add(Measure.W6_STALE, when, competitor, 0, answer.getOrDefault("stale", Double.NaN) * READS / reads);
		figures.add(Measure.W6_ON_REPLICAS, when, competitor, 0,
				answer.getOrDefault("onReplicas", Double.NaN) * 100 / reads);
	}

	/**
	 * Makes sure that the replica is as late as the figures say.
	 */
	private static void assertLate(PostgresCluster cluster) {
		JdbcTemplate primary = new JdbcTemplate(cluster.primary().dataSource());
		JdbcTemplate replica = new JdbcTemplate(cluster.replica(1).dataSource());
		String name = "late " + System.nanoTime();
		primary.update("UPDATE node SET name = ? WHERE id = 998", name);
		long start = System.nanoTime();
		while (!name.equals(replica.queryForObject("SELECT name FROM node WHERE id = 998", String.class))) {
			if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10)) {
				throw new IllegalStateException("The replica does not get what the primary has");
			}
			sleep(5);
		}
		long late = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
		// The delay counts from the commit, which was a little earlier.
		if (late < DELAY.toMillis() * 9 / 10) {
			throw new IllegalStateException("The replica was late by %d ms only".formatted(late));
		}
	}

	private static void sleep(long millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
