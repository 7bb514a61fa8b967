package dev.scaling.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingDataSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Measures on a real cluster what it adds to a write that its session knows how far the
 * primary has come. Takes the properties of the application as arguments, at least
 * {@code --scaling.primary.url} and the URL of a replica, and {@code --rounds}.
 * <p>
 * The ways to know take turns with each write, in one process, and each is compared with
 * the plain commits of the same round, because a machine that others use may be slower in
 * one second than in the next.
 */
public final class CommitCosts {

	private static final int DEFAULT_ROUNDS = 60;

	private static final int WARM_UP_ROUNDS = 10;

	private static final int WRITES = 250;

	private static final int ROWS = 1000;

	private static final String UPDATE = "UPDATE commit_costs SET number = number + 1 WHERE id = ?";

	private static final String POSITION = "SELECT pg_current_wal_insert_lsn() - '0/0'";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate plainJdbc;

	private final TransactionTemplate write;

	private final TransactionTemplate plainWrite;

	private final RoutingDataSource dataSource;

	private CommitCosts(ConfigurableApplicationContext plain, ConfigurableApplicationContext application) {
		this.plainJdbc = plain.getBean(JdbcTemplate.class);
		this.plainWrite = new TransactionTemplate(plain.getBean(PlatformTransactionManager.class));
		this.jdbc = application.getBean(JdbcTemplate.class);
		this.write = new TransactionTemplate(application.getBean(PlatformTransactionManager.class));
		this.dataSource = application.getBean(RoutingDataSource.class);
	}

	/**
	 * Runs the measurement.
	 * @param args the properties of the application
	 */
	public static void main(String[] args) {
		int rounds = Arrays.stream(args)
			.filter((arg) -> arg.startsWith("--rounds="))
			.mapToInt((arg) -> Integer.parseInt(arg.substring("--rounds=".length())))
			.findFirst()
			.orElse(DEFAULT_ROUNDS);
		try (ConfigurableApplicationContext plain = start(args, "--scaling.consistency.mode=none");
				ConfigurableApplicationContext application = start(args)) {
			new CommitCosts(plain, application).run(rounds);
		}
	}

	private static ConfigurableApplicationContext start(String[] args, String... more) {
		return new SpringApplicationBuilder(PlainConfiguration.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=warn")
			.run(Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray(String[]::new));
	}

	private void run(int rounds) {
		this.plainJdbc.execute("DROP TABLE IF EXISTS commit_costs");
		this.plainJdbc.execute("CREATE TABLE commit_costs (id int PRIMARY KEY, number bigint) WITH (fillfactor = 20)");
		this.plainJdbc.update("INSERT INTO commit_costs SELECT n, 0 FROM generate_series(1, ?) AS n", ROWS);
		try {
			Map<Way, List<Double>> times = new EnumMap<>(Way.class);
			for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
				Map<Way, List<Double>> medians = (round < WARM_UP_ROUNDS) ? new EnumMap<>(Way.class) : times;
				round().forEach((way, measured) -> medians.computeIfAbsent(way, (key) -> new ArrayList<>())
					.add(median(measured)));
			}
			print(times);
		}
		finally {
			this.plainJdbc.execute("DROP TABLE commit_costs");
		}
	}

	/**
	 * The times of the writes of one round.
	 */
	private Map<Way, List<Double>> round() {
		Map<Way, List<Double>> times = new EnumMap<>(Way.class);
		List<Way> ways = new ArrayList<>(List.of(Way.values()));
		for (int i = 0; i < WRITES; i++) {
			Collections.shuffle(ways);
			for (Way way : ways) {
				long start = System.nanoTime();
				write(way);
				times.computeIfAbsent(way, (key) -> new ArrayList<>()).add((double) (System.nanoTime() - start));
			}
		}
		return times;
	}

	private void write(Way way) {
		switch (way) {
			case PLAIN -> write(this.plainWrite, this.plainJdbc);
			case MARK -> ConsistencySession.open().run(() -> write(this.write, this.jdbc));
			case WITH_COMMIT -> ConsistencySession.openCarried(() -> List.of(this.dataSource.topology())).run(() -> {
				write(this.write, this.jdbc);
				ConsistencySession.current().token(false);
			});
			case ROUND_TRIP -> {
				write(this.plainWrite, this.plainJdbc);
				this.plainJdbc.queryForObject(POSITION, Long.class);
			}
		}
	}

	private static void write(TransactionTemplate transaction, JdbcTemplate jdbc) {
		int id = ThreadLocalRandom.current().nextInt(ROWS) + 1;
		transaction.executeWithoutResult((status) -> jdbc.update(UPDATE, id));
	}

	private static void print(Map<Way, List<Double>> times) {
		List<Double> plain = times.getOrDefault(Way.PLAIN, List.of());
		System.out.printf("%n%-14s %9s %9s  %s%n", "a write", "us", "x plain", "(middle half of the rounds)");
		times.forEach((way, measured) -> {
			List<Double> ratios = new ArrayList<>();
			for (int i = 0; i < measured.size(); i++) {
				ratios.add(measured.get(i) / plain.get(i));
			}
			Collections.sort(ratios);
			System.out.printf(Locale.ROOT, "%-14s %9.1f %9.3f  %.3f - %.3f%n", way, median(measured) / 1000,
					median(ratios), ratios.get(ratios.size() / 4), ratios.get(ratios.size() * 3 / 4));
		});
	}

	private static double median(List<Double> values) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
	}

	/**
	 * Ways to know how far the primary is after a commit.
	 */
	private enum Way {

		/**
		 * Nobody wants to know.
		 */
		PLAIN,

		/**
		 * Within the process, by the number of the last probe.
		 */
		MARK,

		/**
		 * Exactly, in the same message as the commit.
		 */
		WITH_COMMIT,

		/**
		 * Exactly, by a question after the commit.
		 */
		ROUND_TRIP

	}

}
