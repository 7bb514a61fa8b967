package dev.scaling.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.scaling.test.PostgresCluster;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Measures how many reads of one row a second a real replica serves. Starts its own
 * primary and replica, and takes {@code --rounds} and {@code --threads}, such as
 * {@code --threads=1,8,32}.
 * <p>
 * In each round the ways take turns in random order, and each is compared with Spring's
 * lazy proxy of the same round, because a machine that others use may be slower in one
 * second than in the next.
 */
public final class ReadCosts {

	private static final String DEFAULT_ROUNDS = "15";

	private static final String DEFAULT_THREADS = "1,8,32";

	private static final int WARM_UP_ROUNDS = 4;

	private static final long TIME = TimeUnit.MILLISECONDS.toNanos(500);

	private final Map<Way, Read> reads;

	private ReadCosts(Map<Way, Read> reads) {
		this.reads = reads;
	}

	/**
	 * Runs the measurement.
	 * @param args the arguments
	 * @throws InterruptedException if the thread is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(1).start()) {
			JdbcTemplate jdbc = new JdbcTemplate(cluster.primary().dataSource());
			jdbc.execute("CREATE TABLE node (id bigint PRIMARY KEY, name text)");
			jdbc.execute("INSERT INTO node VALUES (1, 'a node')");
			cluster.awaitReplication();
			String user = "?user=" + cluster.primary().username();
			String primary = cluster.primary().jdbcUrl() + user;
			String replica = cluster.replicas().get(0).jdbcUrl() + user;
			SingleConnectionDataSource single = new SingleConnectionDataSource(replica, true);
			try (ConfigurableApplicationContext lazy = start(LazyConfiguration.class, "scaling.enabled=false",
					"benchmarks.primary.url=" + primary, "benchmarks.replica-1.url=" + replica);
					ConfigurableApplicationContext starter = start(PlainConfiguration.class,
							"scaling.primary.url=" + primary, "scaling.replicas.replica-1.url=" + replica);
					ConfigurableApplicationContext blind = start(PlainConfiguration.class,
							"scaling.primary.url=" + primary, "scaling.replicas.replica-1.url=" + replica,
							"scaling.insight.slow-query.enabled=false",
							"scaling.insight.repeated-queries.enabled=false",
							"scaling.insight.statistics.enabled=false")) {
				NodeQuery jdbcQuery = new NodeQuery(new JdbcTemplate(single));
				Map<Way, Read> reads = new EnumMap<>(Way.class);
				reads.put(Way.ONE_CONNECTION, jdbcQuery::run);
				reads.put(Way.SPRING_LAZY, lazy.getBean(AnnotatedReader.class)::read);
				reads.put(Way.SCALING_NO_INSIGHT, blind.getBean(AnnotatedReader.class)::read);
				reads.put(Way.SCALING, starter.getBean(AnnotatedReader.class)::read);
				reads.put(Way.SCALING_LIGHTWEIGHT, starter.getBean(LightweightReader.class)::read);
				int rounds = Integer.parseInt(argument(args, "rounds", DEFAULT_ROUNDS));
				for (String threads : argument(args, "threads", DEFAULT_THREADS).split(",")) {
					new ReadCosts(reads).run(rounds, Integer.parseInt(threads));
				}
			}
			finally {
				single.destroy();
			}
		}
	}

	private static String argument(String[] args, String name, String defaultValue) {
		String prefix = "--" + name + "=";
		return Arrays.stream(args)
			.filter((arg) -> arg.startsWith(prefix))
			.map((arg) -> arg.substring(prefix.length()))
			.findFirst()
			.orElse(defaultValue);
	}

	private static ConfigurableApplicationContext start(Class<?> configuration, String... properties) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.run(Stream
				.concat(Stream.of("spring.main.banner-mode=off", "logging.level.root=error"), Arrays.stream(properties))
				.map("--"::concat)
				.toArray(String[]::new));
	}

	private void run(int rounds, int threads) throws InterruptedException {
		List<Way> ways = new ArrayList<>(this.reads.keySet());
		if (threads > 1) {
			ways.remove(Way.ONE_CONNECTION);
		}
		Map<Way, List<Double>> rates = new EnumMap<>(Way.class);
		for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
			Collections.shuffle(ways);
			for (Way way : ways) {
				double rate = rate(this.reads.getOrDefault(way, () -> ""), threads);
				if (round >= WARM_UP_ROUNDS) {
					rates.computeIfAbsent(way, (key) -> new ArrayList<>()).add(rate);
				}
			}
		}
		print(threads, rates);
	}

	private static double rate(Read read, int threads) throws InterruptedException {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		AtomicBoolean over = new AtomicBoolean();
		LongAdder count = new LongAdder();
		long start = System.nanoTime();
		for (int i = 0; i < threads; i++) {
			executor.execute(() -> {
				while (!over.get()) {
					read.run();
					count.increment();
				}
			});
		}
		while (System.nanoTime() - start < TIME) {
			LockSupport.parkNanos(TIME - (System.nanoTime() - start));
		}
		over.set(true);
		executor.shutdown();
		if (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
			throw new IllegalStateException("Reads do not end");
		}
		return count.sum() / ((System.nanoTime() - start) / 1e9);
	}

	private static void print(int threads, Map<Way, List<Double>> rates) {
		List<Double> lazy = rates.getOrDefault(Way.SPRING_LAZY, List.of());
		System.out.printf("%n%-22s %9s %7s  %s%n", threads + " threads", "a second", "x lazy",
				"(middle half of the rounds)");
		rates.forEach((way, measured) -> {
			List<Double> ratios = new ArrayList<>();
			for (int i = 0; i < measured.size(); i++) {
				ratios.add(measured.get(i) / lazy.get(i));
			}
			Collections.sort(ratios);
			System.out.printf(Locale.ROOT, "%-22s %9.0f %7.2f  %.2f - %.2f%n", way, median(measured), median(ratios),
					ratios.get(ratios.size() / 4), ratios.get(ratios.size() * 3 / 4));
		});
	}

	private static double median(List<Double> values) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
	}

	/**
	 * A read of one row.
	 */
	@FunctionalInterface
	private interface Read {

		String run();

	}

	/**
	 * Ways to read from a replica.
	 */
	private enum Way {

		/**
		 * A connection that is never given back, in auto-commit mode: what nobody can
		 * beat.
		 */
		ONE_CONNECTION,

		/**
		 * Spring's lazy proxy over two pools.
		 */
		SPRING_LAZY,

		/**
		 * The starter without slow-query log, repeated queries and statistics.
		 */
		SCALING_NO_INSIGHT,

		/**
		 * The starter.
		 */
		SCALING,

		/**
		 * The starter, with a lightweight read.
		 */
		SCALING_LIGHTWEIGHT

	}

}
