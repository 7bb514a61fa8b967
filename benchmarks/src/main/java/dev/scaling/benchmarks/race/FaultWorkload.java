package dev.scaling.benchmarks.race;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.scaling.test.PostgresCluster;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What eight threads notice of the death of a replica, of the death of the primary and
 * the promotion of a replica, and of a start while a replica is down. One contender after
 * the other, each with all nodes repaired. What has not happened within ten seconds never
 * happens.
 */
final class FaultWorkload implements Workload {

	private static final List<Competitor> COMPETITORS = List.of(Competitor.BARE_MULTI_HOST, Competitor.LAZY_PROXY,
			Competitor.LAZY_PROXY_MULTI_HOST, Competitor.ROUTING_RECIPE, Competitor.DYNAMIC_DATASOURCE,
			Competitor.SHARDING_SPHERE, Competitor.AWS_WRAPPER, Competitor.SCALING);

	private static final int THREADS = 8;

	private static final Map<String, String> PROPERTIES = Map.of("spring.datasource.hikari.connection-timeout", "3000",
			"spring.datasource.hikari.maximum-pool-size", "10");

	@Override
	public void run(Effort effort, Figures figures) {
		List<Competitor> competitors = (effort == Effort.SMOKE)
				? List.of(Competitor.LAZY_PROXY_MULTI_HOST, Competitor.SCALING) : Competitor.built(COMPETITORS);
		boolean shorter = effort == Effort.SMOKE;
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(2).start()) {
			ReadWorkload.createTable(cluster);
			for (Competitor competitor : competitors) {
				List<Scenario> scenarios = List.of(FaultWorkload::startWithoutReplica, FaultWorkload::loseReplica,
						FaultWorkload::losePrimary);
				for (Scenario scenario : scenarios) {
					scenario.run(competitor, cluster, shorter, figures);
					cluster.repair();
					new JdbcTemplate(cluster.primary().dataSource())
						.execute("UPDATE node SET name = 'a node' WHERE name <> 'a node'");
					cluster.awaitReplication();
				}
			}
		}
	}

	private static void startWithoutReplica(Competitor competitor, PostgresCluster cluster, boolean shorter,
			Figures figures) {
		String when = "start without a replica";
		cluster.replica(1).kill();
		long start = System.nanoTime();
		try (Lane lane = Lane.start(competitor, ReadWorkload.nodes(cluster), PROPERTIES)) {
			figures.add(Measure.W8_START, when, competitor, 0, (System.nanoTime() - start) / 1e9);
			Timeline reads = new Timeline(lane, false, 100, shorter ? 200 : 3000);
			add(reads, when, competitor, figures);
			figures.add(Measure.W8_FAILED_SHARE, when, competitor, 0,
					100 * reads.failed(0, Long.MAX_VALUE) / reads.all());
		}
		catch (Lane.NotStartedException ex) {
			System.out.println(ex.getMessage());
			figures.add(Measure.W8_START, when, competitor, 0, Double.POSITIVE_INFINITY);
		}
	}

	private static void loseReplica(Competitor competitor, PostgresCluster cluster, boolean shorter, Figures figures) {
		String when = "a replica dies";
		long before = shorter ? 800 : 3000;
		long dead = shorter ? 500 : 8000;
		try (Lane lane = Lane.start(competitor, ReadWorkload.nodes(cluster), PROPERTIES)) {
			warmUp(lane, false, shorter);
			Timeline reads = new Timeline(lane, false, 100, before + dead + (shorter ? 500 : 2000));
			sleep(before);
			long killed = System.currentTimeMillis();
			cluster.replica(1).kill();
			sleep(killed + dead - System.currentTimeMillis());
			long started = System.currentTimeMillis();
			cluster.replica(1).start();
			add(reads, when, competitor, figures);
			double rateBefore = reads.good(killed - before + 500, killed) / (before - 500.0);
			double rateWithout = reads.good(killed, started) / (double) (started - killed);
			figures.add(Measure.W8_RATE, when, competitor, 0, 100 * rateWithout / rateBefore);
			figures.add(Measure.W8_FAILED_SHARE, when, competitor, 0, 100 * reads.failed(killed, started)
					/ Math.max(1, reads.failed(killed, started) + reads.good(killed, started)));
		}
	}

	private static void losePrimary(Competitor competitor, PostgresCluster cluster, boolean shorter, Figures figures) {
		String when = "a replica is promoted";
		long without = shorter ? 300 : 2000;
		long after = shorter ? 1500 : 10000;
		try (Lane lane = Lane.start(competitor, ReadWorkload.nodes(cluster), PROPERTIES)) {
			warmUp(lane, true, shorter);
			Timeline writes = new Timeline(lane, true, 10, 1000 + without + after);
			sleep(1000);
			cluster.primary().kill();
			sleep(without);
			long promoting = System.currentTimeMillis();
			long promoted = promote(cluster);
			add(writes, when, competitor, figures);
			long first = writes.firstGood(promoting);
			if (first < Long.MAX_VALUE) {
				assertWritten(cluster, promoting);
			}
			figures.add(Measure.W8_WRITE, when, competitor, 0,
					(first < Long.MAX_VALUE) ? Math.max(0, first - promoted) : Double.POSITIVE_INFINITY);
			figures.add(Measure.W8_FAILURES, "of these: after the promotion", competitor, 0,
					writes.failed(promoted, Long.MAX_VALUE));
		}
	}

	/**
	 * Promotes the first replica.
	 * @return the time at which it took writes: the function of PostgreSQL that promotes
	 * looks for that ten times a second only
	 */
	private static long promote(PostgresCluster cluster) {
		JdbcTemplate replica = new JdbcTemplate(cluster.replica(1).dataSource());
		CompletableFuture<Void> promotion = CompletableFuture.runAsync(cluster.replica(1)::promote);
		while (Boolean.TRUE.equals(replica.queryForObject("SELECT pg_is_in_recovery()", Boolean.class))) {
			sleep(1);
		}
		long promoted = System.currentTimeMillis();
		promotion.join();
		return promoted;
	}

	private static void warmUp(Lane lane, boolean write, boolean shorter) {
		WarmUp.run(shorter ? Effort.SMOKE : Effort.FULL, lane, "rate", "threads", THREADS, "writes", write ? 100 : 0);
	}

	private static void add(Timeline timeline, String when, Competitor competitor, Figures figures) {
		timeline.join();
		figures.add(Measure.W8_FAILURES, when, competitor, 0, timeline.failed(0, Long.MAX_VALUE));
		figures.add(Measure.W8_LONGEST, when, competitor, 0, timeline.longest());
	}

	private static void assertWritten(PostgresCluster cluster, long promoting) {
		Long latest = new JdbcTemplate(cluster.primary().dataSource())
			.queryForObject("SELECT max(CAST(name AS bigint)) FROM node WHERE name <> 'a node'", Long.class);
		// A write that waited for the primary names the time at which it began.
		if (latest == null || latest < promoting - 10_000) {
			throw new IllegalStateException("Writes succeeded, and the promoted node has none of them");
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

	/**
	 * Something that happens to nodes.
	 */
	@FunctionalInterface
	private interface Scenario {

		void run(Competitor competitor, PostgresCluster cluster, boolean shorter, Figures figures);

	}

	/**
	 * Calls that go on while something happens, by the time of their end.
	 */
	private static final class Timeline {

		private final CompletableFuture<Map<String, Double>> calls;

		private final long bin;

		private Timeline(Lane lane, boolean write, int bin, long millis) {
			this.bin = bin;
			this.calls = CompletableFuture.supplyAsync(
					() -> lane.run("timeline", "threads", THREADS, "write", write, "bin", bin, "millis", millis),
					(task) -> new Thread(task, "timeline").start());
		}

		private void join() {
			this.calls.join();
		}

		private double longest() {
			return this.calls.join().getOrDefault("longest", Double.NaN);
		}

		private double all() {
			return good(0, Long.MAX_VALUE) + failed(0, Long.MAX_VALUE);
		}

		private double good(long from, long to) {
			return sum("good.", from, to);
		}

		private double failed(long from, long to) {
			return sum("failed.", from, to);
		}

		private double sum(String prefix, long from, long to) {
			return this.calls.join()
				.entrySet()
				.stream()
				.filter((entry) -> entry.getKey().startsWith(prefix))
				.filter((entry) -> isBetween(time(entry.getKey()), from, to))
				.mapToDouble(Map.Entry::getValue)
				.sum();
		}

		private static boolean isBetween(long time, long from, long to) {
			return time >= from && time < to;
		}

		private long firstGood(long from) {
			return this.calls.join()
				.keySet()
				.stream()
				.filter((name) -> name.startsWith("good."))
				.mapToLong(this::time)
				.filter((time) -> time >= from)
				.min()
				.orElse(Long.MAX_VALUE);
		}

		private long time(String name) {
			return Long.parseLong(name.substring(name.indexOf('.') + 1)) * this.bin;
		}

	}

}
